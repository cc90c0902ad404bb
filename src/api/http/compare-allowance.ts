import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../clock/clock';
import { Problem } from '../../problems/problem';

const PER_MINUTE = 10;
const MS_FOR_ONE = 60_000 / PER_MINUTE;
const MAX_CALLERS = 10_000;

/** Ten comparisons of secrets a minute for each caller (a token bucket): too few to guess with. Per process. */
@Injectable()
export class CompareAllowance {
  /** When the bucket of a caller will be full again, on the monotonic clock. */
  readonly #fullAt = new LRUCache<string, number>({ max: MAX_CALLERS });

  constructor(private readonly clock: Clock) {}

  /** Throws `rate-limited`. */
  take(caller: string): void {
    const now = this.clock.monotonic();
    const fullAt = Math.max(now, this.#fullAt.get(caller) ?? now) + MS_FOR_ONE;
    const overdrawn = fullAt - now - PER_MINUTE * MS_FOR_ONE;
    if (overdrawn > 0) throw new Problem('rate-limited', { retryAfterSeconds: overdrawn / 1000 });
    this.#fullAt.set(caller, fullAt);
  }
}
