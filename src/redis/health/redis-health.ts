import type { Clock } from '../../clock/clock';
import { logEvent } from '../../observability/log/log-events';
import type { Logger } from '../../observability/log/logger';
import type { Metrics } from '../../observability/metrics';
import type { RedisFailure, RedisReason } from './redis-reason';
import type { SelfTest } from './redis-self-test';

/** How long a rejection counts after the last one, and how often a line of one event and reason is written, in milliseconds. */
const MINUTE_MS = 60_000;

/** What is wrong with Redis, for log, readiness and metrics: reasons of a closed set, and nothing of the driver's errors. */
export class RedisHealth {
  /** When each reason was met last, on the monotonic clock. */
  readonly #refusedAt = new Map<RedisReason, number>();
  /** When each line was written last. Bounded: events, reasons and commands are closed sets. */
  readonly #loggedAt = new Map<string, number>();
  /** The reason for which Redis is away. */
  #away: RedisReason | undefined;
  #isAwayLogged = false;
  #hasWorked = false;
  #test: SelfTest | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly metrics: Pick<Metrics, 'redisFailures'>,
    private readonly logger: Logger,
  ) {}

  /** Each reason once; empty while Redis is there and refuses nothing. */
  get reasons(): readonly RedisReason[] {
    const since = this.clock.monotonic() - MINUTE_MS;
    const refused = [...this.#refusedAt].flatMap(([reason, at]) => (at >= since ? [reason] : []));
    const missing = this.#test?.missing.map(({ reason }) => reason) ?? [];
    return [...new Set([...(this.#away ? [this.#away] : []), ...refused, ...missing])];
  }

  /** Whether Redis removes keys that did not expire when it is full, those of idempotency too. */
  get isEvicting(): boolean {
    return this.#test?.isEvicting ?? false;
  }

  /** A command or a connection failed. */
  count({ reason }: RedisFailure): void {
    this.metrics.redisFailures.labels(reason).inc();
  }

  /** Redis is there and does not carry out a command. */
  refused({ reason, command }: RedisFailure): void {
    this.#refusedAt.set(reason, this.clock.monotonic());
    this.#log('redis.refused', { reason, ...(command && { command }) });
  }

  /** Redis is away. Called again for each attempt to connect. */
  away(reason: RedisReason): void {
    this.#away = reason;
    const event = this.#hasWorked ? 'redis.unavailable' : 'redis.never-available';
    if (this.#log(event, { reason })) this.#isAwayLogged = true;
  }

  available(): void {
    if (this.#isAwayLogged) logEvent(this.logger, 'redis.available');
    this.#isAwayLogged = false;
    this.#hasWorked = true;
    this.#away = undefined;
  }

  tested(test: SelfTest): void {
    this.#test = test;
    for (const { reason, command } of test.missing) {
      // An evicting policy has a line of its own.
      if (reason !== 'policy') this.#log('redis.missing', { reason, ...(command && { command }) });
    }
    if (test.unknown.length > 0) this.#log('redis.unverified', { unknown: test.unknown });
    if (test.isEvicting) this.#log('redis.evicts', { policy: test.policy });
  }

  /** Writes a line unless the same one was written within a minute. Returns whether it did. */
  #log(event: Parameters<typeof logEvent>[1], facts: Readonly<Record<string, unknown>>): boolean {
    const line = `${event} ${JSON.stringify(facts)}`;
    const now = this.clock.monotonic();
    if (now - (this.#loggedAt.get(line) ?? Number.NEGATIVE_INFINITY) < MINUTE_MS) return false;
    this.#loggedAt.set(line, now);
    logEvent(this.logger, event, facts);
    return true;
  }
}
