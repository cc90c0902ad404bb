import type { Clock } from '../../clock/clock';
import type { Metrics } from '../../observability/metrics';
import type { Method, Outcome } from '../outcome/outcome';
import { attemptTimeout } from './attempt-timeout';
import { Breaker } from './breaker';
import { Bulkhead } from './bulkhead';
import { type Call, type CallClass, deadlineSpent, isAbandoned, type Next, phaseOf } from './layer';
import { PerTenant } from './per-tenant';
import { decideRetry } from './retry';
import { RetryAfterGate } from './retry-after-gate';
import { RetryBudget } from './retry-budget';

/** A call that may be sent again. */
export interface RepeatableCall extends Call {
  readonly name: string;
  readonly method: Method;
}

/**
 * Limits the time, number and rate of calls to Hubster (docs/decisions/0007): deadline ∘ retry ∘ breaker ∘ bulkhead ∘ timeout, with the
 * gate of `Retry-After` before the breaker and again right before sending. All state is per tenant, except the bulkhead, which shares one
 * capacity among all. Outcomes are values: no layer throws or logs.
 */
export class Policy {
  readonly #tenants: PerTenant<TenantState>;
  /** By network of the sender whose token is probed; a table of its own, so that probes never evict the state of a tenant. */
  readonly #probed: PerTenant<TenantState>;
  readonly #bulkhead: Bulkhead;

  constructor(
    private readonly clock: Clock,
    private readonly metrics: Metrics,
    private readonly random: () => number = Math.random,
  ) {
    this.#tenants = new PerTenant(() => new TenantState(clock));
    this.#probed = new PerTenant(() => new TenantState(clock));
    this.#bulkhead = new Bulkhead(clock);
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
      if (!decision.retry) return outcome;
      budget.countRetry();
      // An abort ends the sleep; the check at the top of the loop then returns.
      await this.clock.sleep(decision.delayMs, call.signal).catch(() => undefined);
    }
  }

  /** gate ∘ breaker ∘ bulkhead ∘ gate ∘ timeout: sends once, or short-circuits the call. */
  async send<T>(call: Call, attempt: (timeoutMs: number) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const state = this.#stateOf(call);
    const gate = state.gates[phaseOf(call)];
    const breaker = state.breakers[call.class];

    const timed = () => attemptTimeout(call, attempt);
    const checked = () => gate.pass(timed);
    const shared = () => this.#bulkhead.run(call, checked);
    const guarded = () => breaker.run(call, shared);
    const outcome = await gate.wait(call, guarded);
    if (outcome.kind === 'short-circuited') this.metrics.upstreamShortCircuits.inc({ by: outcome.by });
    return outcome;
  }

  #stateOf({ tenant, class: callClass }: Call): TenantState {
    return (callClass === 'probe' ? this.#probed : this.#tenants).of(tenant);
  }

  /** Whether a breaker of a configured tenant is open. */
  get isDegraded(): boolean {
    return this.#tenants.configured().some(({ breakers }) => Object.values(breakers).some(({ isOpen }) => isOpen));
  }
}

class TenantState {
  readonly budget = new RetryBudget();
  readonly gates: { readonly token: RetryAfterGate; readonly portal: RetryAfterGate };
  /** Reads and probes share one breaker, because they fail together. */
  readonly breakers: Readonly<Record<CallClass, Breaker>>;

  constructor(clock: Clock) {
    const read = new Breaker(clock);
    this.breakers = { read, reconcile: read, probe: read, write: new Breaker(clock), token: new Breaker(clock) };
    this.gates = { token: new RetryAfterGate(clock, 'token'), portal: new RetryAfterGate(clock, 'portal') };
  }
}
