import { getEventListeners } from 'node:events';
import { ManualClock } from '../../../test/support/manual-clock';
import { Deadline } from '../../context/deadline';
import { Problem } from '../../problems/problem';
import { SingleFlight } from './single-flight';

const TIMED_OUT = new Problem('upstream-timeout').message;

describe('SingleFlight', () => {
  let clock: ManualClock;
  let flights: SingleFlight<string>;
  let calls: { resolve: (value: string) => void; reject: (error: Error) => void; abandoned: AbortSignal }[];

  beforeEach(() => {
    clock = new ManualClock();
    flights = new SingleFlight(clock);
    calls = [];
  });

  const start = (_isLatest: () => boolean, abandoned: AbortSignal) =>
    new Promise<string>((resolve, reject) => calls.push({ resolve, reject, abandoned }));

  async function join(ms = 1_000, isRevalidation = false, signal?: AbortSignal) {
    const response = flights.run('key', { deadline: Deadline.after(clock, ms), start, isRevalidation, signal }).then(
      ({ value, isCollapsed }) => `${value}${isCollapsed ? ' (collapsed)' : ''}`,
      (error: Error) => error.message,
    );
    await clock.advance(0);
    return { response };
  }

  async function all(joined: Promise<{ response: Promise<string> }>[]): Promise<string[]> {
    return Promise.all((await Promise.all(joined)).map(({ response }) => response));
  }

  it('makes one call for concurrent callers, and another one later', async () => {
    const joined = [join(), join(), join()];
    await clock.advance(0);
    calls[0]?.resolve('a');
    expect(await all(joined)).toEqual(['a', 'a (collapsed)', 'a (collapsed)']);
    await join();
    expect(calls).toHaveLength(2);
  });

  it('keeps the deadline of each caller', async () => {
    const [first, patient, hasty] = await Promise.all([join(100), join(500), join(50)]);
    await clock.advance(50);
    expect(await hasty?.response).toBe(TIMED_OUT);
    await clock.advance(50);
    expect(await first?.response).toBe(TIMED_OUT);
    calls[0]?.resolve('a');
    expect(await patient?.response).toBe('a (collapsed)');
    expect(clock.sleeping).toEqual([]);
  });

  it('starts one second flight after a failure, and no third', async () => {
    const joined = Array.from({ length: 100 }, () => join());
    await clock.advance(0);
    calls[0]?.reject(new Error('first'));
    await clock.advance(0);
    expect(calls).toHaveLength(2);
    calls[1]?.reject(new Error('second'));
    expect(await all(joined)).toEqual(['first', ...Array.from({ length: 99 }, () => 'second')]);
    expect(calls).toHaveLength(2);
  });

  it('does not start a flight for a caller whose deadline is over', async () => {
    const [, late] = await Promise.all([join(), join(50)]);
    await clock.advance(50);
    calls[0]?.reject(new Error('first'));
    await clock.advance(0);
    expect(await late?.response).toBe(TIMED_OUT);
    expect(calls).toHaveLength(1);
  });

  it('is abandoned when the last waiting caller disconnects, and then the next caller starts a new flight', async () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const joined = [await join(1_000, false, one.signal), await join(1_000, false, other.signal)];
    one.abort();
    await clock.advance(0);
    expect(calls.map(({ abandoned }) => abandoned.aborted)).toEqual([false]);
    other.abort();
    await clock.advance(0);
    expect(calls.map(({ abandoned }) => abandoned.aborted)).toEqual([true]);
    expect(await Promise.all(joined.map(({ response }) => response))).toEqual(Array(2).fill(TIMED_OUT));
    const next = await join();
    expect(calls).toHaveLength(2);
    calls[1]?.resolve('b');
    expect(await next.response).toBe('b');
    expect(clock.sleeping).toEqual([]);
  });

  it('continues after the deadlines of all callers, as its result may be stored', async () => {
    const { signal } = new AbortController();
    await Promise.all([join(50), join(100, false, signal)]);
    await clock.advance(100);
    expect(calls[0]?.abandoned.aborted).toBe(false);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('joins a revalidation to revalidations only, and other callers to a revalidation', async () => {
    const [plain, first, second, later] = await Promise.all([join(), join(1_000, true), join(1_000, true), join()]);
    expect(calls).toHaveLength(2);
    calls[0]?.resolve('old');
    calls[1]?.resolve('new');
    expect(await plain?.response).toBe('old');
    expect(await first?.response).toBe('new');
    expect(await second?.response).toBe('new (collapsed)');
    expect(await later?.response).toBe('new (collapsed)');
  });
});
