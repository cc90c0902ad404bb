import { Inject, Injectable, Optional } from '@nestjs/common';
import { Clock } from '../../clock/clock';
import { type LogEvent, logEvent } from '../../observability/log/log-events';
import { LOGGER, type Logger } from '../../observability/log/logger';
import { Metrics } from '../../observability/metrics';
import { type Calls, Fleet, type Hearing, type News, SoleReplica, type Topic } from '../fleet/fleet';
import {
  type Call,
  type CallClass,
  deadlineSpent,
  failureOf,
  isAbandoned,
  type Method,
  type Next,
  type Outcome,
  type Phase,
  phaseOf,
} from '../outcome/outcome';
import { Breaker, type BreakerReason } from './breaker';
import { Bulkhead } from './bulkhead';
import { PerTenant } from './per-tenant';
import { decideRetry, RetryBudget, type RetryDecision } from './retry';
import { RetryAfterGate } from './retry-after-gate';

/** The least time limit of an attempt, in milliseconds. */
const ATTEMPT_MS: Readonly<Record<CallClass, number>> = {
  read: 3000,
  reconcile: 3000,
  token: 3000,
  probe: 3000,
  write: 12_000,
};
/** The share of a read's remaining time for one attempt: a long deadline allows slow attempts and still leaves time for a retry. */
const READ_SHARE = 0.3;
/** The time of a longer deadline that an attempt of a write leaves, to reconcile the write. */
const AFTER_WRITE_MS = 3000;

/** A call that may be sent again. */
export interface RepeatableCall extends Call {
  readonly name: string;
  readonly method: Method;
}

/**
 * Limits the time, number and rate of calls to Hubster (docs/decisions/0007): deadline ∘ retry ∘ breaker ∘ bulkhead ∘ timeout, with the
 * gate of `Retry-After` before the breaker and again right before sending. All state is per tenant, except the bulkhead, which shares one
 * capacity among all tenants of a Hubster service. Gates, breakers and bulkhead are those of all replicas together (docs/decisions/0033); retry budgets add up. Outcomes
 * are values: no layer throws; a breaker that opens or closes is logged.
 */
@Injectable()
export class Policy {
  readonly #tenants: PerTenant<TenantState>;
  /** By network of the sender whose token is probed; a table of its own, so that probes never evict the state of a tenant. */
  readonly #probed: PerTenant<TenantState>;
  /** By the origin of the portal, of which the environment allows a few: a service that hangs takes no slot of another. */
  readonly #bulkheads = new Map<string, Bulkhead>();

  constructor(
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly fleet: Fleet,
    @Optional() private readonly random: () => number = Math.random,
  ) {
    const listener = (tenant: string): StateListener => ({
      onBreaker: (calls, isOpen, reason) =>
        logEvent(logger, isOpen ? 'hubster.breaker-opened' : 'hubster.breaker-closed', { tenant, calls, reason }),
      onGate: (phase, ms) => logEvent(logger, 'hubster.gate-closed', { tenant, phase, ms: Math.ceil(ms) }),
    });
    this.#tenants = new PerTenant((tenant) => new TenantState(tenant, clock, fleet, listener(tenant)));
    // Anybody can cause probes, so their breakers are neither logged nor shared.
    const alone = new SoleReplica();
    this.#probed = new PerTenant((network) => new TenantState(network, clock, alone, UNHEARD));
    // A tenant without calls here needs no state: its first call reads what there is to know.
    fleet.listen((tenant, topic, news) => {
      for (const state of this.#tenants.known(tenant)) state.hear(topic, news);
    });
  }

  /** deadline ∘ retry: runs `attempt` until its outcome is final. An attempt gets a token and calls `send` once, or twice after a 401. */
  async repeat<T>(call: RepeatableCall, attempt: Next<T>): Promise<Outcome<T>> {
    const { budget } = this.#stateOf(call);
    budget.countRequest();
    for (let attempts = 1; ; attempts += 1) {
      if (isAbandoned(call)) return deadlineSpent(call, false);
      const outcome = await attempt();
      if (outcome.kind === 'ok') return outcome;
      const { method, name, deadline } = call;
      const input = {
        method,
        outcome,
        attempt: attempts,
        timeLeftMs: deadline.remaining,
        hasBudget: budget.hasLeft,
      };
      const decision = decideRetry(input, this.random);
      this.metrics.upstreamRetries.inc({ operation: name, reason: decision.reason });
      this.#log('hubster.retry', call, {
        operation: name,
        attempts,
        failure: failureOf(outcome),
        ...rounded(decision),
      });
      if (!decision.retry) return outcome;
      budget.countRetry();
      // An abort ends the sleep; the check at the top of the loop then returns.
      await this.clock.sleep(decision.delayMs, call.signal).catch(() => undefined);
    }
  }

  /** gate ∘ breaker ∘ bulkhead ∘ gate ∘ timeout: sends once, or short-circuits the call. */
  async send<T>(call: Call, attempt: (timeoutMs: number) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const state = this.#stateOf(call);
    await state.hearing.catchUp();
    const gate = state.gates[phaseOf(call)];
    const breaker = state.breakers[call.class];

    const timed = () => attemptTimeout(call, attempt);
    const checked = () => gate.pass(timed);
    const shared = () => this.#bulkheadOf(call).run(call, checked);
    const guarded = () => breaker.run(call, shared);
    const outcome = await gate.wait(call, guarded, (ms) =>
      this.#log('hubster.gate-waits', call, { ms: Math.ceil(ms) }),
    );
    if (outcome.kind === 'short-circuited') {
      const { by, retryAfterMs } = outcome;
      this.metrics.upstreamShortCircuits.inc({ by });
      this.#log('hubster.not-sent', call, { by, retryAfterMs: Math.ceil(retryAfterMs) });
    }
    return outcome;
  }

  #log(event: LogEvent, { tenant, class: calls, requestId }: Call, facts: Readonly<Record<string, unknown>>): void {
    logEvent(this.logger, event, { requestId, tenant: tenant.id, calls, ...facts });
  }

  #bulkheadOf({ tenant: { credentials } }: Call): Bulkhead {
    const origin = ('addresses' in credentials && credentials.addresses?.portalUrl.origin) || '';
    const known = this.#bulkheads.get(origin);
    if (known) return known;
    const bulkhead = new Bulkhead(this.clock, this.fleet, origin);
    this.#bulkheads.set(origin, bulkhead);
    return bulkhead;
  }

  #stateOf({ tenant, class: callClass }: Call): TenantState {
    return (callClass === 'probe' ? this.#probed : this.#tenants).get(tenant);
  }

  /** Whether a breaker of a configured tenant is open. */
  get isDegraded(): boolean {
    return this.#tenants.configured().some(({ breakers }) => Object.values(breakers).some(({ isOpen }) => isOpen));
  }
}

/** What is logged of a tenant's state. */
interface StateListener {
  onBreaker(calls: Calls, isOpen: boolean, reason: BreakerReason): void;
  onGate(phase: Phase, ms: number): void;
}

const UNHEARD: StateListener = { onBreaker: () => undefined, onGate: () => undefined };

class TenantState {
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

/** For the log. */
function rounded(decision: RetryDecision): Readonly<Record<string, unknown>> {
  return decision.retry ? { ...decision, delayMs: Math.ceil(decision.delayMs) } : decision;
}

/** Gives an attempt its time limit, which ends with the deadline of the call at the latest. */
async function attemptTimeout<T>(call: Call, attempt: (timeoutMs: number) => Promise<Outcome<T>>): Promise<Outcome<T>> {
  if (isAbandoned(call)) return deadlineSpent(call, false);
  const { remaining } = call.deadline;
  const outcome = await attempt(Math.min(remaining, Math.max(ATTEMPT_MS[call.class], shareOf(remaining, call.class))));
  const hasNoResponse = outcome.kind === 'no-response' || outcome.kind === 'never-sent';
  return hasNoResponse && isAbandoned(call) ? deadlineSpent(call, outcome.kind === 'no-response') : outcome;
}

function shareOf(remainingMs: number, callClass: CallClass): number {
  if (callClass === 'read') return remainingMs * READ_SHARE;
  return callClass === 'write' ? remainingMs - AFTER_WRITE_MS : 0;
}
