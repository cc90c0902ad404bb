import {
  type CallOptions,
  callAt,
  OK,
  OpenAttempt,
  rateLimited,
  UNAVAILABLE,
} from '../../../test/support/hubster/calls';
import { ManualClock } from '../../../test/support/manual-clock';
import type { News } from '../fleet/fleet';
import type { Outcome } from '../outcome/outcome';
import { RetryAfterGate } from './retry-after-gate';

const MINUTE = 60_000;

describe('RetryAfterGate [S-717]', () => {
  let clock: ManualClock;
  let gate: RetryAfterGate;
  let sent: number[];

  beforeEach(() => {
    clock = new ManualClock(0);
    gate = new RetryAfterGate(clock, 'portal');
    sent = [];
  });

  const send = (outcome: Outcome, options: CallOptions = {}) =>
    gate.wait(callAt(clock, options), () =>
      gate.pass(async () => {
        sent.push(clock.now());
        return outcome;
      }),
    );

  it('delays a call by up to 2 s and sends it exactly at the end of the time', async () => {
    await send(rateLimited(2000));
    const waiting = send(OK);
    await clock.advance(1999);
    expect(sent).toEqual([0]);
    await clock.advance(1);
    expect(await waiting).toBe(OK);
    expect(sent).toEqual([0, 2000]);
  });

  it('returns a longer time at once, and later the remaining time', async () => {
    await send(rateLimited(2001));
    expect(await send(OK)).toEqual({
      kind: 'short-circuited',
      phase: 'portal',
      by: 'retry-after',
      status: 429,
      retryAfterMs: 2001,
    });
    await clock.advance(1);
    const other = send(OK, { deadlineMs: 1999 });
    expect(await other).toMatchObject({ kind: 'short-circuited', retryAfterMs: 2000 });
    expect(sent).toEqual([0]);
  });

  it('short-circuits with 503 after a 503', async () => {
    await send({ ...UNAVAILABLE, retryAfterMs: 10_000 });
    expect(await send(OK)).toMatchObject({ status: 503 });
  });

  it('does not open early because of the response of a call that was under way', async () => {
    const late = new OpenAttempt();
    const running = gate.pass(late.next);
    await send(rateLimited(10_000));
    late.settle(rateLimited(1000));
    await running;
    await clock.advance(1500);
    expect(await send(OK)).toMatchObject({ kind: 'short-circuited', retryAfterMs: 8500 });
  });

  it('delays a call that waited for a slot while the gate closed', async () => {
    const queued = gate.wait(callAt(clock), async () => {
      if (sent.length === 0) await send(rateLimited(1000));
      return gate.pass(async () => {
        sent.push(clock.now());
        return OK;
      });
    });
    await clock.advance(1000);
    expect(await queued).toBe(OK);
    expect(sent).toEqual([0, 1000]);
  });

  it('sends one probe after 5 min, while other callers receive the remaining time', async () => {
    await send(rateLimited(60 * MINUTE));
    await clock.advance(5 * MINUTE - 1);
    expect(await send(OK)).toMatchObject({ kind: 'short-circuited', retryAfterMs: 55 * MINUTE + 1 });
    await clock.advance(1);
    const probe = new OpenAttempt();
    const probing = gate.wait(callAt(clock), () => gate.pass(probe.next));
    await clock.advance(0);
    expect(probe.isRunning).toBe(true);
    expect(await send(OK)).toMatchObject({ kind: 'short-circuited', retryAfterMs: 55 * MINUTE });
    probe.settle(OK);
    await probing;
    expect(await send(OK)).toBe(OK);
  });

  it('closes for the time in the response of the probe', async () => {
    await send(rateLimited(60 * MINUTE));
    await clock.advance(5 * MINUTE);
    await send(rateLimited(10_000));
    expect(await send(OK)).toMatchObject({ kind: 'short-circuited', retryAfterMs: 10_000 });
  });

  it('ends the wait when the caller disconnects', async () => {
    await send(rateLimited(2000));
    const caller = new AbortController();
    const waiting = send(OK, { signal: caller.signal });
    caller.abort();
    expect(await waiting).toEqual({ kind: 'deadline', phase: 'portal', sent: false });
    expect(clock.sleeping).toEqual([]);
  });

  it('closes and opens when another replica publishes so', async () => {
    gate.hear({ kind: 'pause', ms: 10_000, status: 429 });
    expect(await send(OK)).toMatchObject({ by: 'retry-after', status: 429, retryAfterMs: 10_000 });
    gate.hear({ kind: 'pause', ms: 1000, status: 503 });
    expect(await send(OK)).toMatchObject({ status: 429, retryAfterMs: 10_000 });
    gate.hear({ kind: 'resume' });
    expect(await send(OK)).toBe(OK);
  });

  it('probes after 5 min even if a year was published', async () => {
    gate.hear({ kind: 'pause', ms: 31_536_000_000, status: 503 });
    await clock.advance(5 * MINUTE);
    expect(await send(OK)).toBe(OK);
    expect(await send(OK)).toBe(OK);
  });

  it('publishes the other replicas, and leaves the probe to the one that has the lock', async () => {
    const published: News[] = [];
    let mayProbe = false;
    gate = new RetryAfterGate(clock, 'portal', {
      publish: (news) => published.push(news),
      takeProbe: async () => mayProbe,
      giveBackProbe: () => undefined,
    });
    await send(rateLimited(60 * MINUTE));
    expect(published).toEqual([{ kind: 'pause', ms: 60 * MINUTE, status: 429 }]);
    await clock.advance(5 * MINUTE);
    expect(await send(OK)).toMatchObject({ by: 'retry-after' });
    mayProbe = true;
    expect(await send(OK)).toMatchObject({ by: 'retry-after' });
    await clock.advance(1000);
    await send(rateLimited(10_000));
    expect(published.slice(1)).toEqual([{ kind: 'resume' }, { kind: 'pause', ms: 10_000, status: 429 }]);
    expect(sent).toHaveLength(2);
  });
});
