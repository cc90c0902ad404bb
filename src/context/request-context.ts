import type { Clock } from '../clock/clock';
import type { Caller } from './caller';
import type { Span, TraceContext } from './span';
import type { Tenant } from './tenant';

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The facts about a request of a known caller. */
export interface CallerContext {
  readonly requestId: string;
  /** Absent without a valid `traceparent`. */
  readonly trace?: TraceContext | undefined;
  /** The span around the present work: of the request, or of a part of it. Absent while traces are off. */
  readonly span?: Span | undefined;
  readonly caller: Caller;
  /** Undefined on a route that needs none, if the request names none and the caller has several. */
  readonly tenant: Tenant | undefined;
  /** The client's address: of the socket, or as trusted proxies have forwarded it (`TRUSTED_PROXIES`). */
  readonly address: string;
  /** `X-On-Behalf-Of`: recorded, without any effect. */
  readonly onBehalfOf?: string | undefined;
  /** Modules may shorten it, never extend it. */
  readonly deadline: Deadline;
  readonly stats: RequestStats;
}

/** The facts about a request that every module may use. */
export interface RequestContext extends CallerContext {
  readonly tenant: Tenant;
}

/** The work done for a request so far: for `Server-Timing`, the access log and the audit record. */
export class RequestStats {
  /** Attempts sent to Hubster. */
  attempts = 0;
  /** Milliseconds spent waiting for Hubster. */
  milliseconds = 0;
  /** Milliseconds of a read without those spent waiting for Hubster; absent for a request that did not use the cache. */
  cacheMilliseconds?: number;
  /** Audit intents written; a rejected write without one is recorded as rejected. */
  intents = 0;
}

/** The time at which a request has to be over. */
export class Deadline {
  private constructor(
    private readonly clock: Clock,
    private readonly end: number,
  ) {}

  /** Ends `ms` milliseconds from now. */
  static after(clock: Clock, ms: number): Deadline {
    return new Deadline(clock, clock.monotonic() + ms);
  }

  /** The sooner of this deadline and `ms` milliseconds from now. */
  within(ms: number): Deadline {
    return new Deadline(this.clock, Math.min(this.end, this.clock.monotonic() + ms));
  }

  /** Milliseconds left, never below 0. */
  get remaining(): number {
    return Math.max(0, this.end - this.clock.monotonic());
  }

  get isOver(): boolean {
    return this.remaining === 0;
  }
}

/** An id of Hubster in lower case: 8-4-4-4-12 hexadecimal digits, any version, nil included (S-009). Undefined for another value. */
export function guidOf(value: unknown): string | undefined {
  return typeof value === 'string' && GUID.test(value) ? value.toLowerCase() : undefined;
}
