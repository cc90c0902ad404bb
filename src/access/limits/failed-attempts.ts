import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../clock/clock';
import { networkOf } from '../../context/network';
import { Problem } from '../../problems/problem';
import { LocalAllowance } from './local-allowance';
import { fillMs } from './rate';

const MAX_ADDRESSES = 10_000;
const RATE = { perMinute: 60, burst: 60 };

/**
 * Bad credentials are answered 60 times a minute for each address, then with 429 (design 7). Good ones are never refused for
 * it: behind one address there may be a whole company.
 */
@Injectable()
export class FailedAttempts {
  readonly #addresses = new LRUCache<string, LocalAllowance>({ max: MAX_ADDRESSES });

  constructor(private readonly clock: Clock) {}

  /** Counts one, and says what to answer. */
  refusal(address: string): Problem {
    const allowance = this.#allowanceOf(networkOf(address));
    if (!allowance.hasLeft) {
      return new Problem('rate-limited', { retryAfterSeconds: fillMs(RATE, 1 - allowance.remaining) / 1000 });
    }
    allowance.take();
    return new Problem('unauthenticated');
  }

  #allowanceOf(network: string): LocalAllowance {
    const known = this.#addresses.get(network);
    if (known) return known;
    const made = new LocalAllowance(this.clock, RATE);
    this.#addresses.set(network, made);
    return made;
  }
}
