import {
  type CallOptions,
  callAt,
  OK,
  OpenAttempt,
  rateLimited,
  UNAVAILABLE,
} from '../../../test/support/hubster/calls';
import { ManualClock } from '../../../test/support/manual-clock';
import { createLogger } from '../../observability/log/logger';
import { Metrics } from '../../observability/metrics';
import { SoleReplica } from '../fleet/fleet';
import type { CallClass, Outcome } from '../outcome/outcome';
import { Policy } from './policy';

const SEED = 20_261_123;

/** Mulberry32: a small generator with the same numbers on every platform. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('Policy', () => {
  let clock: ManualClock;
  let metrics: Metrics;
  let policy: Policy;
  let logs: string[];
  let attempts: number;

  beforeEach(() => {
    clock = new ManualClock(0);
    metrics = new Metrics();
    logs = [];
    const destination = { write: (line: string) => void logs.push(line) };
    policy = new Policy(
      clock,
      metrics,
      createLogger({ level: 'info', format: 'json', destination }),
      new SoleReplica(),
      seeded(SEED),
    );
    attempts = 0;
  });

  const run = (response: () => Outcome, options: CallOptions = {}): Promise<Outcome> => {
    const call = callAt(clock, options);
    return policy.repeat(call, () =>
      policy.send(call, async () => {
        attempts += 1;
        return response();
      }),
    );
  };

  it('logs when a breaker of a tenant opens and closes, and why [S-865], but not those of probes', async () => {
    const send = (response: Outcome, callClass: CallClass) =>
      policy.send({ ...callAt(clock), class: callClass }, async () => response);
    for (const callClass of ['write', 'probe'] as const)
      for (let time = 0; time < 10; time += 1) await send(UNAVAILABLE, callClass);
    await clock.advance(5000);
    await send(OK, 'write');
    const lines = logs.map((line): Record<string, unknown> => JSON.parse(line));
    expect(lines.map(({ level, event, tenant, calls, reason }) => [level, event, tenant, calls, reason])).toEqual([
      ['warn', 'hubster.breaker-opened', callAt(clock).tenant.id, 'write', 'failures-in-a-row'],
      ['info', 'hubster.breaker-closed', callAt(clock).tenant.id, 'write', 'probe-succeeded'],
    ]);
  });

  it('sends at most 1.12 calls a read when 10 % fail, and fails fewer than 0.15 % of the reads', async () => {
    const random = seeded(SEED + 1);
    const requests = 4000;
    let failed = 0;
    for (let request = 0; request < requests; request += 1) {
      const running = run(() => (random() < 0.1 ? UNAVAILABLE : OK));
      await clock.advance(500);
      if ((await running).kind !== 'ok') failed += 1;
    }
    expect(attempts / requests).toBeLessThanOrEqual(1.12);
    expect(failed / requests).toBeLessThan(0.0015);
  });

  it('sends at most 12 % of requests during 60 s of 503, and sends again within 12 s of the recovery', async () => {
    let requests = 0;
    let firstSuccess = Number.POSITIVE_INFINITY;
    for (; clock.now() < 75_000; requests += clock.now() < 60_000 ? 1 : 0) {
      const requestedAt = clock.now();
      void run(() => (clock.now() < 60_000 ? UNAVAILABLE : OK)).then(({ kind }) => {
        if (kind === 'ok') firstSuccess = Math.min(firstSuccess, requestedAt);
      });
      await clock.advance(100);
      if (clock.now() === 60_000) expect(attempts / requests).toBeLessThanOrEqual(0.12);
    }
    expect(firstSuccess).toBeLessThanOrEqual(72_000);
  });

  it('keeps retries under 20 % of the requests once the burst of 10 is spent', async () => {
    for (let request = 0; request < 200; request += 1) {
      const tries = attempts;
      // Every second attempt succeeds, so that the breaker stays closed.
      const running = run(() => (attempts === tries + 1 && request % 3 === 0 ? UNAVAILABLE : OK));
      await clock.advance(1000);
      await running;
    }
    expect(attempts - 200).toBeLessThanOrEqual(10 + 200 * 0.2);
    expect(attempts - 200).toBeGreaterThan(30);
  });

  it('opens the breaker for the failing tenant and class only', async () => {
    for (let request = 0; request < 20; request += 1) {
      void run(() => UNAVAILABLE, { tenant: 'failing' });
      await clock.advance(200);
    }
    expect(await run(() => OK, { tenant: 'failing' })).toMatchObject({ kind: 'short-circuited', by: 'breaker' });
    expect(await run(() => OK, { tenant: 'healthy' })).toBe(OK);
    expect(await run(() => OK, { tenant: 'failing', class: 'write' })).toBe(OK);
    expect(policy.isDegraded).toBe(true);
  });

  /** The time limit of an attempt, in milliseconds. */
  async function timeLimitOf(callClass: CallClass, deadlineMs: number): Promise<number> {
    let limit = 0;
    await policy.send(callAt(clock, { class: callClass, deadlineMs }), async (timeoutMs) => {
      limit = timeoutMs;
      return OK;
    });
    return limit;
  }

  it.each<[CallClass, number, number]>([
    ['read', 8000, 3000],
    ['read', 10_000, 3000],
    ['write', 15_000, 12_000],
    ['write', 5000, 5000],
    ['reconcile', 15_000, 3000],
    ['token', 8000, 3000],
    ['probe', 8000, 3000],
  ])('limits an attempt of a %s with a deadline of %d ms to %d ms', async (callClass, deadlineMs, ms) => {
    expect(await timeLimitOf(callClass, deadlineMs)).toBe(ms);
  });

  it('gives an attempt more time within a longer deadline', async () => {
    expect(await timeLimitOf('write', 120_000)).toBe(117_000);
    expect(await timeLimitOf('read', 120_000)).toBe(36_000);
  });

  it('reports deadline, not a timeout, at the end of the call’s time, and whether the request was sent', async () => {
    const pastDeadline = (kind: 'no-response' | 'never-sent') =>
      policy.send(callAt(clock, { deadlineMs: 1000 }), async (timeoutMs) => {
        await clock.sleep(timeoutMs);
        return { kind, phase: 'portal' };
      });
    const [sent, unsent] = [pastDeadline('no-response'), pastDeadline('never-sent')];
    await clock.advance(1000);
    expect(await sent).toEqual({ kind: 'deadline', phase: 'portal', sent: true });
    expect(await unsent).toEqual({ kind: 'deadline', phase: 'portal', sent: false });
  });

  it('keeps a response that arrives at the deadline', async () => {
    const call = callAt(clock, { deadlineMs: 1000 });
    const attempt = new OpenAttempt();
    const running = policy.send(call, attempt.next);
    await clock.advance(1000);
    attempt.settle(OK);
    expect(await running).toBe(OK);
  });

  it('stops retrying when the caller disconnects', async () => {
    const caller = new AbortController();
    const running = run(() => UNAVAILABLE, { signal: caller.signal });
    await clock.advance(0);
    caller.abort();
    expect(await running).toMatchObject({ kind: 'deadline' });
    expect(attempts).toBe(1);
    expect(clock.sleeping).toEqual([]);
  });

  it('counts short-circuited calls by their reason', async () => {
    const shortCircuits = async () =>
      Object.fromEntries(
        (await metrics.upstreamShortCircuits.get()).values.map(({ labels, value }) => [labels.by, value]),
      );
    await run(() => rateLimited(40_000));
    await run(() => OK);
    expect(await shortCircuits()).toEqual({ 'retry-after': 1 });
    for (let request = 0; request < 10; request += 1) {
      const running = run(() => UNAVAILABLE, { tenant: 'other' });
      await clock.advance(1000);
      await running;
    }
    await run(() => OK, { tenant: 'other' });
    expect((await shortCircuits())['breaker']).toBeGreaterThanOrEqual(1);
  });

  it('leaves no timer behind', async () => {
    await run(() => OK);
    expect(clock.sleeping).toEqual([]);
  });
});
