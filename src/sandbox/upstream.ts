import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Journal } from './call-log';
import { type FaultEffect, replacesAnswer } from './faults/fault-effect';
import type { FaultList } from './faults/fault-list';
import { faultyAnswer } from './faults/faulty-response';
import { deliver } from './http/deliver';
import type { Exchange } from './http/sandbox-request';
import type { Hubster } from './hubster';
import type { Outcome } from './portal/portal-call';

interface UpstreamParts {
  readonly hubster: Hubster;
  readonly faults: FaultList;
  readonly journal: Journal;
  /** Aborted when the sandbox stops. */
  readonly signal: AbortSignal;
}

/** Hubster as it is met over a network: faults around it, a journal of what happened behind them. */
export class Upstream {
  constructor(private readonly parts: UpstreamParts) {}

  /**
   * The order that every fault keeps: delay → carry out → journal → answer, or with `apply`
   * carry out → journal → delay → answer. A client that has
   * gone away in the meantime changes nothing: the request is carried out all the same.
   */
  async serve(exchange: Exchange, response: ServerResponse): Promise<void> {
    const { hubster, faults, journal, signal } = this.parts;
    const tenant = hubster.tenantOf(exchange)?.name ?? null;
    const fault = faults.take(exchange, tenant);
    if (!fault) {
      const { answer, effect } = hubster.perform(exchange);
      journal.record({ exchange, tenant, status: answer.status, effect, fault: null });
      return deliver(response, answer, {}, signal);
    }
    const { apply, delayMs, hang, reset } = fault.effect;
    if (!apply) await pause(delayMs, signal);
    const outcome = this.#performBehind(fault.effect, exchange);
    const answer = faultyAnswer(fault.effect, outcome?.answer);
    const status = hang || reset ? null : answer.status;
    journal.record({ exchange, tenant, status, effect: outcome?.effect ?? null, fault: fault.id });
    if (apply) await pause(delayMs, signal);
    await deliver(response, answer, fault.effect, signal);
  }

  /** A read is always carried out, as that does nothing; undefined for a mutation or a token request that a fault stops. */
  #performBehind(effect: FaultEffect, exchange: Exchange): Outcome | undefined {
    const stopped = replacesAnswer(effect) && !effect.apply && exchange.method !== 'GET';
    return stopped ? undefined : this.parts.hubster.perform(exchange);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal });
}
