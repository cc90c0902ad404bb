import { callAt } from '../../../test/support/hubster/calls';
import { ManualClock } from '../../../test/support/manual-clock';
import type { Outcome } from '../outcome/outcome';
import { attemptTimeout } from './attempt-timeout';
import type { CallClass } from './layer';

const NO_RESPONSE: Outcome = { kind: 'no-response', phase: 'portal' };

/** The milliseconds after which an attempt without a response ends. */
async function timeLimitOf(callClass: CallClass, deadlineMs: number): Promise<number> {
  const clock = new ManualClock(0);
  const call = callAt(clock, { class: callClass, deadlineMs });
  const ended = attemptTimeout(clock, call, async (signal) => {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    return NO_RESPONSE;
  }).then(() => clock.now());
  await clock.advance(deadlineMs);
  return ended;
}

describe('attemptTimeout', () => {
  it.each<[CallClass, number, number]>([
    ['read', 8000, 3000],
    ['read', 10_000, 3000],
    ['write', 15_000, 12_000],
    ['write', 5000, 5000],
    ['reconcile', 15_000, 3000],
    ['token', 8000, 3000],
  ])('ends an attempt of a %s with a deadline of %d ms after %d ms', async (callClass, deadlineMs, ms) => {
    expect(await timeLimitOf(callClass, deadlineMs)).toBe(ms);
  });

  it('gives an attempt more time within a longer deadline', async () => {
    expect(await timeLimitOf('write', 120_000)).toBe(117_000);
    expect(await timeLimitOf('read', 120_000)).toBe(36_000);
  });
});
