import { LRUCache } from 'lru-cache';
import type { Clock } from '../../clock/clock';
import { networkOf } from '../../context/network';
import { Problem } from '../../problems/problem';
import { LocalAllowance } from './local-rate-limiter';
import { fillMs, type Rate } from './rate';

const MAX_ADDRESSES = 10_000;

/** How often each address may do something; a /64 network of IPv6 counts as one address. Per process. */
export class AddressLimit {
  readonly #addresses = new LRUCache<string, LocalAllowance>({ max: MAX_ADDRESSES });

  constructor(
    private readonly clock: Clock,
    private readonly rate: Rate,
  ) {}

  /** Counts one; where none is left, returns `rate-limited`. */
  take(address: string): Problem | undefined {
    const allowance = this.#allowanceOf(address);
    if (!allowance.hasLeft) {
      return new Problem('rate-limited', { retryAfterSeconds: fillMs(this.rate, 1 - allowance.remaining) / 1000 });
    }
    allowance.take();
    return undefined;
  }

  /** For what turned out not to count. */
  giveBack(address: string): void {
    this.#allowanceOf(address).giveBack();
  }

  #allowanceOf(address: string): LocalAllowance {
    const network = networkOf(address);
    const known = this.#addresses.get(network);
    if (known) return known;
    const made = new LocalAllowance(this.clock, this.rate);
    this.#addresses.set(network, made);
    return made;
  }
}
