import { Injectable } from '@nestjs/common';
import { Clock } from '../../clock/clock';
import { Problem } from '../../problems/problem';
import { AddressLimit } from './address-limit';

const RATE = { perMinute: 60, burst: 60 };

/**
 * Bad credentials are answered 60 times a minute for each address, then with 429. Good ones are never refused for
 * it: behind one address there may be a whole company.
 */
@Injectable()
export class AuthThrottle {
  readonly #limit: AddressLimit;

  constructor(clock: Clock) {
    this.#limit = new AddressLimit(clock, RATE);
  }

  /** Counts one, and says what to answer. */
  refusal(address: string): Problem {
    return this.#limit.take(address) ?? new Problem('unauthenticated');
  }
}
