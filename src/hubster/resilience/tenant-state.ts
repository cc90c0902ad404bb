import type { Clock } from '../../clock/clock';
import type { Calls, Fleet, Hearing, News, Topic } from '../fleet/fleet';
import type { CallClass, Failed, Phase } from '../outcome/outcome';
import { Breaker, type BreakerPhase, type BreakerReason } from './breaker';
import { RetryBudget } from './retry';
import { RetryAfterGate } from './retry-after-gate';

/** Of an attempt at Hubster; `at` is RFC 3339. */
interface LastError {
  readonly outcome: Failed['kind'];
  readonly at: string;
}

/** A tenant's state as figures. */
export interface TenantAtHubster {
  readonly breakers: Readonly<Record<Calls, BreakerPhase>>;
  /** Whether a `Retry-After` runs. */
  readonly isPaused: boolean;
  readonly lastError?: LastError;
}

/** What is logged of a tenant's state. */
export interface StateListener {
  onBreaker(calls: Calls, isOpen: boolean, reason: BreakerReason): void;
  onGate(phase: Phase, ms: number): void;
}

export const UNHEARD: StateListener = { onBreaker: () => undefined, onGate: () => undefined };

/** What the policy keeps of one tenant. */
export class TenantState {
  lastError: LastError | undefined;
  readonly budget = new RetryBudget();
  readonly gates: { readonly token: RetryAfterGate; readonly portal: RetryAfterGate };
  /** Reads and probes share one breaker, because they fail together. */
  readonly breakers: Readonly<Record<CallClass, Breaker>>;
  readonly hearing: Hearing;
  readonly #byTopic: Readonly<Record<Topic, Breaker | RetryAfterGate>>;

  constructor(tenant: string, clock: Clock, fleet: Fleet, listener: StateListener) {
    const breaker = (calls: Calls) =>
      new Breaker(
        clock,
        (isOpen, reason) => listener.onBreaker(calls, isOpen, reason),
        fleet.peersOf(tenant, `breaker:${calls}`),
      );
    const gate = (phase: Phase) =>
      new RetryAfterGate(clock, phase, fleet.peersOf(tenant, `gate:${phase}`), (ms) => listener.onGate(phase, ms));
    const [read, write] = [breaker('read'), breaker('write')];
    this.breakers = { read, reconcile: read, probe: read, write, token: breaker('token') };
    this.gates = { token: gate('token'), portal: gate('portal') };
    this.#byTopic = {
      'gate:portal': this.gates.portal,
      'gate:token': this.gates.token,
      'breaker:read': read,
      'breaker:write': write,
      'breaker:token': this.breakers.token,
    };
    this.hearing = fleet.hearingOf(tenant, (topic, news) => this.hear(topic, news));
  }

  hear(topic: Topic, news: News): void {
    this.#byTopic[topic].hear(news);
  }
}
