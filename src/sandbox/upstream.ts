import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallLog } from './call-log';
import { type FaultEffect, replacesResponse } from './faults/fault-effect';
import type { FaultList } from './faults/fault-list';
import { faultyResponse } from './faults/faulty-response';
import { deliver } from './http/deliver';
import type { SandboxRequest } from './http/sandbox-request';
import type { Hubster } from './hubster';
import type { Outcome } from './portal/portal-call';

interface UpstreamParts {
  readonly hubster: Hubster;
  readonly faults: FaultList;
  readonly callLog: CallLog;
  /** Aborted when the sandbox stops. */
  readonly signal: AbortSignal;
}

/** Hubster as it is met over a network: faults around it, a callLog of what happened behind them. */
export class Upstream {
  constructor(private readonly parts: UpstreamParts) {}

  /**
   * The order that every fault keeps: delay → carry out → callLog → answer, or with `apply`
   * carry out → callLog → delay → answer. A client that has
   * gone away in the meantime changes nothing: the request is carried out all the same.
   */
  async serve(request: SandboxRequest, target: ServerResponse): Promise<void> {
    const { hubster, faults, callLog, signal } = this.parts;
    const tenant = hubster.tenantOf(request)?.name ?? null;
    const fault = faults.take(request, tenant);
    if (!fault) {
      const { response, effect } = hubster.perform(request);
      callLog.record({ request, tenant, status: response.status, effect, fault: null });
      return deliver(target, response, {}, signal);
    }
    const { apply, delayMs, hang, reset } = fault.effect;
    if (!apply) await pause(delayMs, signal);
    const outcome = this.#performBehind(fault.effect, request);
    const response = faultyResponse(fault.effect, outcome?.response);
    const status = hang || reset ? null : response.status;
    callLog.record({ request, tenant, status, effect: outcome?.effect ?? null, fault: fault.id });
    if (apply) await pause(delayMs, signal);
    await deliver(target, response, fault.effect, signal);
  }

  /** A read is always carried out, as that does nothing; undefined for a mutation or a token request that a fault stops. */
  #performBehind(effect: FaultEffect, request: SandboxRequest): Outcome | undefined {
    const stopped = replacesResponse(effect) && !effect.apply && request.method !== 'GET';
    return stopped ? undefined : this.parts.hubster.perform(request);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal });
}
