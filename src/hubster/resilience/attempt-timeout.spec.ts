import { callAt } from '../../../test/support/hubster/calls';
import { ManualClock } from '../../../test/support/manual-clock';
import type { Outcome } from '../outcome/outcome';
import { attemptTimeout } from './attempt-timeout';
import type { CallClass } from './layer';

const NO_RESPONSE: Outcome = { kind: 'no-response', phase: 'portal' };

/** How long an attempt that gets no answer takes. */
async function lasts(callClass: CallClass, deadlineMs: number): Promise<number> {
  const clock = new ManualClock(0);
  const call = callAt(clock, { class: callClass, deadlineMs });
  const ended = attemptTimeout(clock, call, async (signal) => {
    await new Promise<void>((resolve) => signal.addEventListener('abort', resolve));
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
  ])('an attempt to %s within %d ms ends after %d', async (callClass, deadlineMs, ms) => {
    expect(await lasts(callClass, deadlineMs)).toBe(ms);
  });

  it('a longer deadline gives an attempt more time', async () => {
    expect(await lasts('write', 120_000)).toBe(117_000);
    expect(await lasts('read', 120_000)).toBe(36_000);
  });
});
