import { callAt, OK, OpenAttempt, rateLimited, UNAVAILABLE } from '../../../test/support/hubster/calls';
import { ManualClock } from '../../../test/support/manual-clock';
import type { News, Peers } from '../fleet/fleet';
import type { Outcome } from '../outcome/outcome';
import { Breaker } from './breaker';

describe('Breaker', () => {
  let clock: ManualClock;
  let breaker: Breaker;
  let changes: boolean[];

  beforeEach(() => {
    clock = new ManualClock();
    changes = [];
    breaker = new Breaker(clock, (isOpen) => changes.push(isOpen));
  });

  const run = (outcome: Outcome) => breaker.run(callAt(clock), async () => outcome);
  const times = async (count: number, outcome: Outcome) => {
    for (let time = 0; time < count; time += 1) await run(outcome);
  };
  const isShortCircuited = async () => (await run(OK)).kind === 'short-circuited';

  it('opens after 10 failures in a row, not after 9', async () => {
    await times(9, UNAVAILABLE);
    expect(breaker.isOpen).toBe(false);
    await times(1, UNAVAILABLE);
    expect(breaker.isOpen).toBe(true);
    expect(await run(OK)).toEqual({
      kind: 'short-circuited',
      phase: 'portal',
      by: 'breaker',
      status: 503,
      retryAfterMs: 5000,
    });
  });

  it('reports each opening and closing once', async () => {
    await times(12, UNAVAILABLE);
    expect(changes).toEqual([true]);
    await clock.advance(5000);
    await times(1, UNAVAILABLE);
    expect(changes).toEqual([true]);
    await clock.advance(10_000);
    await times(2, OK);
    expect(changes).toEqual([true, false]);
  });

  it('opens when half of at least 20 calls in 10 s failed', async () => {
    for (let pair = 0; pair < 9; pair += 1) {
      await times(1, OK);
      await times(1, UNAVAILABLE);
    }
    await times(1, OK);
    expect(breaker.isOpen).toBe(false);
    await times(1, UNAVAILABLE);
    expect(breaker.isOpen).toBe(true);
  });

  it('forgets calls older than 10 s', async () => {
    for (let pair = 0; pair < 9; pair += 1) {
      await times(1, UNAVAILABLE);
      await times(1, OK);
    }
    await clock.advance(10_000);
    await times(2, UNAVAILABLE);
    expect(breaker.isOpen).toBe(false);
  });

  it.each<[string, Outcome]>([
    ['408', { kind: 'request-timeout', phase: 'portal', status: 408, errors: [] }],
    ['a connect error', { kind: 'never-sent', phase: 'portal' }],
    ['no response in time', { kind: 'no-response', phase: 'portal' }],
    ['an unknown 5xx', { kind: 'unexpected-status', phase: 'portal', status: 599, errors: [] }],
  ])('counts %s as a failure', async (_what, outcome) => {
    await times(10, outcome);
    expect(breaker.isOpen).toBe(true);
  });

  it.each<[string, Outcome]>([
    ['429', rateLimited(1000)],
    ['404', { kind: 'not-found', phase: 'portal', status: 404, errors: [] }],
    ['401', { kind: 'unauthorized', phase: 'portal', status: 401, errors: [] }],
    ['a full bulkhead', { kind: 'short-circuited', phase: 'portal', by: 'bulkhead', status: 503, retryAfterMs: 1 }],
    ['a caller’s own short deadline', { kind: 'deadline', phase: 'portal', sent: true }],
  ])('does not count %s', async (_what, outcome) => {
    await times(100, outcome);
    expect(breaker.isOpen).toBe(false);
  });

  it('sends one probe after 5 s, short-circuits other calls meanwhile, and closes when it succeeds', async () => {
    await times(10, UNAVAILABLE);
    await clock.advance(4999);
    expect(await isShortCircuited()).toBe(true);
    await clock.advance(1);
    const probe = new OpenAttempt();
    const probing = breaker.run(callAt(clock), probe.next);
    await clock.advance(0);
    expect(probe.isRunning).toBe(true);
    expect(await isShortCircuited()).toBe(true);
    probe.settle(OK);
    expect(await probing).toBe(OK);
    expect(breaker.isOpen).toBe(false);
    expect(await isShortCircuited()).toBe(false);
  });

  it('stays open twice as long after a failed probe, at most 10 s, and 5 s again after a recovery', async () => {
    const openTimes: number[] = [];
    await times(10, UNAVAILABLE);
    for (let probe = 0; probe < 3; probe += 1) {
      const outcome = await run(OK);
      if (outcome.kind === 'short-circuited') openTimes.push(outcome.retryAfterMs);
      await clock.advance(openTimes.at(-1) ?? 0);
      await run(UNAVAILABLE);
    }
    await clock.advance(10_000);
    await run(OK);
    await times(10, UNAVAILABLE);
    expect(openTimes).toEqual([5000, 10_000, 10_000]);
    expect(await run(OK)).toMatchObject({ retryAfterMs: 5000 });
  });

  it('probes again if an inner layer short-circuited the probe', async () => {
    await times(10, UNAVAILABLE);
    await clock.advance(5000);
    await run({ kind: 'short-circuited', phase: 'portal', by: 'bulkhead', status: 503, retryAfterMs: 1 });
    expect(await run(OK)).toBe(OK);
    expect(breaker.isOpen).toBe(false);
  });

  it.each<[string, Outcome]>([
    ['a success', OK],
    ['a failure', UNAVAILABLE],
  ])('ignores %s of a call that was under way when it opened', async (_what, outcome) => {
    const late = new OpenAttempt();
    const running = breaker.run(callAt(clock), late.next);
    await times(10, UNAVAILABLE);
    await clock.advance(1000);
    late.settle(outcome);
    await running;
    expect(await run(OK)).toMatchObject({ kind: 'short-circuited', retryAfterMs: 4000 });
  });
});

describe('breakers of several replicas', () => {
  let clock: ManualClock;
  let holder: number | undefined;
  let replicas: readonly Breaker[];

  /** Each hears at once what another publishes; one may probe. */
  beforeEach(() => {
    clock = new ManualClock();
    holder = undefined;
    const peersOf = (me: number): Peers => ({
      publish: (news: News) => {
        for (const [n, other] of replicas.entries()) if (n !== me) other.hear(news);
      },
      takeProbe: async () => {
        holder ??= me;
        return holder === me;
      },
      giveBackProbe: () => {
        holder = undefined;
      },
    });
    replicas = [0, 1, 2].map((n) => new Breaker(clock, () => undefined, peersOf(n)));
  });

  const run = async (n: number, outcome: Outcome) => replicas[n]?.run(callAt(clock), async () => outcome);
  const areOpen = () => replicas.map(({ isOpen }) => isOpen);
  const openAll = async () => {
    for (let call = 0; call < 10; call += 1) await run(call % 3, UNAVAILABLE);
  };

  it('open together after 10 failures in a row of all', async () => {
    for (let call = 0; call < 9; call += 1) await run(call % 3, UNAVAILABLE);
    expect(areOpen()).toEqual([false, false, false]);
    await run(0, UNAVAILABLE);
    expect(areOpen()).toEqual([true, true, true]);
    expect(await run(2, OK)).toMatchObject({ by: 'breaker', retryAfterMs: 5000 });
  });

  it('count a success of any as the end of the row, but none from before the failures', async () => {
    for (let call = 0; call < 30; call += 1) await run(2, OK);
    for (let call = 0; call < 9; call += 1) await run(call % 3, UNAVAILABLE);
    await run(1, OK);
    for (let call = 0; call < 9; call += 1) await run(call % 3, UNAVAILABLE);
    expect(areOpen()).toEqual([false, false, false]);
    await run(2, UNAVAILABLE);
    expect(areOpen()).toEqual([true, true, true]);
  });

  it('open for one replica alone if its calls fail while those of others succeed', async () => {
    for (let call = 0; call < 10; call += 1) {
      await run(0, UNAVAILABLE);
      await run(1, OK);
      await run(2, OK);
    }
    expect(areOpen()).toEqual([true, false, false]);
    await clock.advance(5000);
    await run(0, OK);
    expect(areOpen()).toEqual([false, false, false]);
  });

  it('send one probe, and close together when it succeeds', async () => {
    await openAll();
    await clock.advance(5000);
    const probe = new OpenAttempt();
    const probing = replicas[1]?.run(callAt(clock), probe.next);
    await clock.advance(0);
    expect(await run(0, OK)).toMatchObject({ by: 'breaker', retryAfterMs: 1000 });
    expect(await run(2, OK)).toMatchObject({ by: 'breaker' });
    probe.settle(OK);
    await probing;
    expect(areOpen()).toEqual([false, false, false]);
  });

  it('stay open together when the probe fails', async () => {
    await openAll();
    await clock.advance(5000);
    await run(1, UNAVAILABLE);
    for (const n of [0, 1, 2]) expect(await run(n, OK)).toMatchObject({ by: 'breaker', retryAfterMs: 10_000 });
  });

  it('stay open for 10 s at most, whatever is published', async () => {
    replicas[0]?.hear({ kind: 'pause', ms: 31_536_000_000, status: 503 });
    expect(await run(0, OK)).toMatchObject({ retryAfterMs: 10_000 });
    await clock.advance(10_000);
    expect(await run(0, OK)).toBe(OK);
  });
});
