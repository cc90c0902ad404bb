import { Inject, Injectable, type OnApplicationShutdown, Optional } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { Clock } from '../../clock/clock';
import { quotaOwner } from '../../context/quota';
import { logEvent } from '../../observability/log/log-events';
import { LOGGER, type Logger } from '../../observability/log/logger';
import { overloaded } from '../response/unsent-responses';

/** How often the load of the event loop is measured, in milliseconds. */
const PERIOD_MS = 100;
/** The share of a period for which a saturated event loop is busy, and the share below which it no longer is. */
const SATURATED = 0.95;
const RELIEVED = 0.8;
/** How long it is saturated until requests are rejected, in milliseconds: a burst is served. */
const BURST_MS = 1000;
/** Requests in progress that keep a saturated process busy, for about 0.1 s; more of them would only wait longer. */
const ENOUGH = 256;
const LOG_EVERY_MS = 60_000;

/** Injection token: returns the share of the time since its last call for which the event loop was busy, 0 to 1. */
export const MEASURE_LOAD = Symbol('MEASURE_LOAD');

/**
 * Keeps a process useful that gets more requests than it has time for (docs/decisions/0041). When the event loop has been saturated for a
 * second and 256 requests are in progress, a request of a tenant that has its share of them is 503 `overloaded` before its body is read.
 * Hits cost hardly more than such a response, so they are served, as are probes. A tenant with fewer than its share is never rejected for
 * others (N2).
 */
@Injectable()
export class OverloadHook implements OnApplicationShutdown {
  readonly #inProgress = new Map<string, number>();
  #total = 0;
  /** On the monotonic clock; undefined while it is not saturated. */
  #saturatedSince: number | undefined;
  #isOverloaded = false;
  #rejected = 0;
  #loggedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Optional() @Inject(MEASURE_LOAD) private readonly measure: () => number = measuredLoad(),
  ) {}

  /** Begins to measure. Without it nothing is rejected, as in suites, whose event loop is that of the service and of its callers. */
  start(): void {
    this.#timer ??= setInterval(() => this.check(), PERIOD_MS).unref();
  }

  /** Call it after installing the hook of cached reads, which hits do not pass. */
  install(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', ({ state }, { raw }, done) => {
      const { callerContext } = state;
      if (!callerContext) return done();
      const { tenant, caller } = quotaOwner(callerContext);
      const owner = tenant || caller;
      if (!this.admits(owner)) {
        state.isOverload = true;
        return done(overloaded());
      }
      this.begin(owner);
      raw.once('close', () => this.end(owner));
      return done();
    });
  }

  /** Call it once a period. */
  check(): void {
    const now = this.clock.monotonic();
    const load = this.measure();
    // A busy process is late, so that a period may be longer than it should.
    if (load >= SATURATED) this.#saturatedSince ??= now - PERIOD_MS;
    else if (load < RELIEVED || !this.#isOverloaded) this.#saturatedSince = undefined;
    this.#isOverloaded = this.#saturatedSince !== undefined && now - this.#saturatedSince >= BURST_MS;
    if (this.#rejected === 0 || now - this.#loggedAt < LOG_EVERY_MS) return;
    logEvent(this.logger, 'server.overloaded', { rejected: this.#rejected, inProgress: this.#total });
    this.#rejected = 0;
    this.#loggedAt = now;
  }

  admits(owner: string): boolean {
    if (!this.#isOverloaded || this.#total < ENOUGH) return true;
    const own = this.#inProgress.get(owner) ?? 0;
    if (own === 0 || own < Math.floor(ENOUGH / this.#inProgress.size)) return true;
    this.#rejected += 1;
    return false;
  }

  begin(owner: string): void {
    this.#total += 1;
    this.#inProgress.set(owner, (this.#inProgress.get(owner) ?? 0) + 1);
  }

  end(owner: string): void {
    this.#total -= 1;
    const left = (this.#inProgress.get(owner) ?? 1) - 1;
    if (left > 0) this.#inProgress.set(owner, left);
    else this.#inProgress.delete(owner);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }
}

function measuredLoad(): () => number {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  };
}
