import { stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { type CallOptions, callAt, OpenAttempt } from '../../../test/support/hubster/calls';
import { ManualClock } from '../../../test/support/manual-clock';
import { SystemClock } from '../../clock/clock';
import { SoleReplica } from '../fleet/fleet';
import { Bulkhead } from './bulkhead';

describe('Bulkhead [N2]', () => {
  let clock: ManualClock;
  let bulkhead: Bulkhead;

  beforeEach(() => {
    clock = new ManualClock();
    bulkhead = new Bulkhead(clock, new SoleReplica());
  });

  const start = (options: CallOptions = {}) => {
    const attempt = new OpenAttempt();
    void bulkhead.run(callAt(clock, options), attempt.next).then((outcome) => {
      attempt.outcome = outcome;
    });
    return attempt;
  };
  const startMany = (count: number, options: CallOptions = {}) => Array.from({ length: count }, () => start(options));
  const running = (attempts: readonly OpenAttempt[]) => attempts.filter(({ isRunning }) => isRunning).length;

  it('runs 10 calls of a tenant and class at once and lets 20 wait; the next is rejected', async () => {
    const attempts = startMany(31);
    await clock.advance(0);
    expect(running(attempts)).toBe(10);
    const rejection = { kind: 'short-circuited', phase: 'portal', by: 'bulkhead', status: 503, retryAfterMs: 1000 };
    expect(attempts.map(({ outcome }) => outcome)).toEqual([...Array(30).fill(undefined), rejection]);
  });

  it('gives a free slot to the call that has waited longest', async () => {
    const attempts = startMany(12);
    attempts[3]?.settle();
    await clock.advance(0);
    expect(attempts[10]?.isRunning).toBe(true);
    expect(attempts[11]?.isRunning).toBe(false);
  });

  it('rejects a call after 500 ms of waiting, and frees its place in the queue', async () => {
    const attempts = startMany(30);
    await clock.advance(499);
    expect(attempts[29]?.outcome).toBeUndefined();
    await clock.advance(1);
    expect(attempts.slice(10).every(({ outcome }) => outcome?.kind === 'short-circuited')).toBe(true);
    const [later] = startMany(1);
    await clock.advance(0);
    expect(later?.outcome).toBeUndefined();
  });

  it('gives a waiting call the slot that became free while this process was blocked', async () => {
    bulkhead = new Bulkhead(new SystemClock(), new SoleReplica());
    const attempts = startMany(11);
    await setImmediate();
    // It is read from the disk while this process is blocked, and its callback comes after the timers.
    void stat(__filename).then(() => attempts[0]?.settle());
    const end = performance.now() + 700;
    while (performance.now() < end);
    await setImmediate();
    await setImmediate();
    expect([attempts[10]?.isRunning, attempts[10]?.outcome]).toEqual([true, undefined]);
    for (const attempt of attempts) attempt.settle();
  });

  it('ends the wait at the deadline of the call, or when the caller disconnects', async () => {
    const caller = new AbortController();
    startMany(10);
    const hurried = start({ deadlineMs: 100 });
    const leaving = start({ signal: caller.signal });
    caller.abort();
    await clock.advance(100);
    const ended = { kind: 'deadline', phase: 'portal', sent: false };
    expect([hurried.outcome, leaving.outcome]).toEqual([ended, ended]);
  });

  it('limits each class of a tenant separately', async () => {
    startMany(10, { class: 'read' });
    expect(running([...startMany(10, { class: 'write' }), ...startMany(10, { class: 'reconcile' })])).toBe(20);
  });

  it('runs 100 calls in all, the last 20 for tenants with fewer than two running calls', () => {
    const greedy = Array.from({ length: 12 }, (_, tenant) => startMany(10, { tenant: `greedy-${tenant}` })).flat();
    expect(running(greedy)).toBe(8 * 10 + 4 * 2);
    const quiet = Array.from({ length: 12 }, (_, tenant) => start({ tenant: `quiet-${tenant}` }));
    expect(running(quiet)).toBe(12);
    expect(running(startMany(1, { tenant: 'one too many' }))).toBe(0);
  });

  it('gives a free slot to the waiting tenant with the fewest running calls', async () => {
    const greedy = Array.from({ length: 8 }, (_, tenant) => startMany(11, { tenant: `greedy-${tenant}` })).flat();
    const modest = startMany(4, { tenant: 'modest' });
    await clock.advance(0);
    expect(running(modest)).toBe(2);
    for (const attempt of greedy.slice(0, 3)) attempt.settle();
    await clock.advance(0);
    expect([running(greedy), running(modest)]).toEqual([78, 4]);
  });

  it('runs 20 probes in all, without an effect on tenants', async () => {
    const probes = Array.from({ length: 200 }, (_, address) =>
      start({ tenant: `address:10.0.0.${address}`, class: 'probe' }),
    );
    expect(running(probes)).toBe(20);
    expect(running(Array.from({ length: 8 }, (_, tenant) => startMany(10, { tenant: `busy-${tenant}` })).flat())).toBe(
      64,
    );
    expect(running([start({ tenant: 'quiet' })])).toBe(1);
    for (const probe of probes.filter(({ isRunning }) => isRunning)) probe.settle();
    await clock.advance(0);
    expect(running(probes)).toBe(20);
  });

  it('runs 40 calls of passthrough callers in all and lets 400 wait, without an effect on tenants', async () => {
    const tokens = Array.from({ length: 100 }, (_, token) => startMany(10, { tenant: `own:${token}` })).flat();
    expect(running(tokens)).toBe(40);
    await clock.advance(0);
    expect(tokens.filter(({ outcome }) => outcome !== undefined)).toHaveLength(1000 - 40 - 400);
    expect(running(Array.from({ length: 6 }, (_, tenant) => startMany(10, { tenant: `${tenant}` })).flat())).toBe(
      4 * 10 + 2 * 2,
    );
    for (const token of tokens.filter(({ isRunning }) => isRunning)) token.settle();
    await clock.advance(0);
    expect(running(tokens)).toBe(40);
  });

  it('lets 1,000 calls wait in all, whatever the number of tenants', async () => {
    startMany(10, { tenant: 'acme' });
    for (let tenant = 0; tenant < 8; tenant += 1) startMany(10, { tenant: `busy-${tenant}` });
    for (let tenant = 0; tenant < 20; tenant += 1) startMany(1, { tenant: `modest-${tenant}` });
    const waiting = Array.from({ length: 1100 }, (_, tenant) => start({ tenant: `late-${tenant}` }));
    await clock.advance(0);
    expect(waiting.filter(({ outcome }) => outcome !== undefined).length).toBeGreaterThanOrEqual(100);
    await clock.advance(500);
    expect(waiting.every(({ outcome }) => outcome !== undefined)).toBe(true);
  });

  it('frees every slot, whatever the outcome of the calls', async () => {
    for (let round = 0; round < 20; round += 1) {
      for (const attempt of startMany(10)) attempt.settle({ kind: 'reset', phase: 'portal' });
      await clock.advance(0);
    }
    expect(running(startMany(10))).toBe(10);
  });
});
