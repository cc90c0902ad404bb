import { ManualClock } from '../../../test/support/manual-clock';
import type { Cancellation } from '../../clock/cancellation';
import { Deadline } from '../../context/deadline';
import { SingleFlight } from './single-flight';

describe('SingleFlight', () => {
  let clock: ManualClock;
  let flights: SingleFlight<string>;
  let calls: { resolve: (value: string) => void; reject: (error: Error) => void; abandoned: Cancellation }[];

  beforeEach(() => {
    clock = new ManualClock();
    flights = new SingleFlight(clock);
    calls = [];
  });

  const start = (_isLatest: () => boolean, abandoned: Cancellation) =>
    new Promise<string>((resolve, reject) => calls.push({ resolve, reject, abandoned }));

  async function ask(ms = 1_000, isRevalidation = false, signal?: AbortSignal) {
    const response = flights.run('key', { deadline: Deadline.after(clock, ms), start, isRevalidation, signal }).then(
      ({ value, isCollapsed }) => `${value}${isCollapsed ? ' (collapsed)' : ''}`,
      (error: Error) => error.message,
    );
    await clock.advance(0);
    return { response };
  }

  async function all(asked: Promise<{ response: Promise<string> }>[]): Promise<string[]> {
    return Promise.all((await Promise.all(asked)).map(({ response }) => response));
  }

  it('makes one call for all who ask at the same time, and another one later', async () => {
    const asked = [ask(), ask(), ask()];
    await clock.advance(0);
    calls[0]?.resolve('a');
    expect(await all(asked)).toEqual(['a', 'a (collapsed)', 'a (collapsed)']);
    await ask();
    expect(calls).toHaveLength(2);
  });

  it('leaves each caller its own deadline', async () => {
    const [leader, patient, hasty] = await Promise.all([ask(100), ask(500), ask(50)]);
    await clock.advance(50);
    expect(await hasty?.response).toBe('Hubster did not respond in time');
    await clock.advance(50);
    expect(await leader?.response).toBe('Hubster did not respond in time');
    calls[0]?.resolve('a');
    expect(await patient?.response).toBe('a (collapsed)');
    expect(clock.sleeping).toEqual([]);
  });

  it('makes one new leader when the leader fails, and none after it', async () => {
    const asked = Array.from({ length: 100 }, () => ask());
    await clock.advance(0);
    calls[0]?.reject(new Error('first'));
    await clock.advance(0);
    expect(calls).toHaveLength(2);
    calls[1]?.reject(new Error('second'));
    expect(await all(asked)).toEqual(['first', ...Array.from({ length: 99 }, () => 'second')]);
    expect(calls).toHaveLength(2);
  });

  it('does not let a caller lead whose deadline is over', async () => {
    const [, late] = await Promise.all([ask(), ask(50)]);
    await clock.advance(50);
    calls[0]?.reject(new Error('first'));
    await clock.advance(0);
    expect(await late?.response).toBe('Hubster did not respond in time');
    expect(calls).toHaveLength(1);
  });

  it('is abandoned when the last of those who wait goes away, not before; who asks then leads anew', async () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const asked = [await ask(1_000, false, one.signal), await ask(1_000, false, other.signal)];
    one.abort();
    await clock.advance(0);
    expect(calls.map(({ abandoned }) => abandoned.aborted)).toEqual([false]);
    other.abort();
    await clock.advance(0);
    expect(calls.map(({ abandoned }) => abandoned.aborted)).toEqual([true]);
    expect(await Promise.all(asked.map(({ response }) => response))).toEqual(
      Array(2).fill('Hubster did not respond in time'),
    );
    const next = await ask();
    expect(calls).toHaveLength(2);
    calls[1]?.resolve('b');
    expect(await next.response).toBe('b');
    expect(clock.sleeping).toEqual([]);
  });

  it('goes on behind the deadlines of those who wait, as what it brings may be kept', async () => {
    await Promise.all([ask(50), ask(100, false, new AbortController().signal)]);
    await clock.advance(100);
    expect(calls[0]?.abandoned.aborted).toBe(false);
  });

  it('lets a revalidation join revalidations only, and others join it', async () => {
    const [plain, first, second, later] = await Promise.all([ask(), ask(1_000, true), ask(1_000, true), ask()]);
    expect(calls).toHaveLength(2);
    calls[0]?.resolve('old');
    calls[1]?.resolve('new');
    expect(await plain?.response).toBe('old');
    expect(await first?.response).toBe('new');
    expect(await second?.response).toBe('new (collapsed)');
    expect(await later?.response).toBe('new (collapsed)');
  });
});
