import { Problem } from '../problems/problem';

/** Share-outs change as keys end one by one, so nobody knows when; every minute is soon enough to try. */
const RETRY_AFTER_SECONDS = 60;

/** For one caller: it, or its tenant, keeps as many keys as it may. */
export function tooManyKeys(): Problem {
  return new Problem('rate-limited', {
    detail:
      'Too many Idempotency-Keys of this caller or its tenant are kept; each one is for 24 hours. Nothing was sent.',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
