import { Injectable } from '@nestjs/common';
import { Clock } from '../../clock/clock';
import { Problem } from '../../problems/problem';
import { AddressLimit } from './address-limit';

const RATE = { perMinute: 60, burst: 60 };

/**
 * Limits bad credentials to 60 a minute for each address; beyond that the response is 429 instead of 401. Good credentials are never
 * rejected for it: a whole company may share an address.
 */
@Injectable()
export class AuthThrottle {
  readonly #limit: AddressLimit;

  constructor(clock: Clock) {
    this.#limit = new AddressLimit(clock, RATE);
  }

  /** Counts one, and returns the problem to respond with. */
  rejection(address: string): Problem {
    return this.#limit.take(address) ?? new Problem('unauthenticated');
  }
}
