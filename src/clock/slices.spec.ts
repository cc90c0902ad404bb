import { JobAbandoned, SLICES, SliceScheduler } from './slices';

const STEP_MS = 1;

describe('SliceScheduler', () => {
  let now: number;
  let scheduled: (() => void)[];
  let scheduler: SliceScheduler;
  /** The name of the job of each step, in the order of the steps. */
  let ran: string[];

  beforeEach(() => {
    [now, scheduled, ran] = [0, [], []];
    scheduler = new SliceScheduler(
      () => now,
      (callback) => void scheduled.push(callback),
    );
  });

  /** A job whose steps take `stepMs` of the virtual clock. */
  function* steps(name: string, count: number, stepMs = STEP_MS): Generator<void, string> {
    for (let step = 0; step < count; step += 1) {
      ran.push(name);
      now += stepMs;
      yield;
    }
    return name;
  }

  /** Runs the next tick, and returns the names of its steps. */
  async function tick(): Promise<readonly string[]> {
    ran = [];
    for (const callback of scheduled.splice(0)) callback();
    await Promise.resolve();
    return ran;
  }

  const large = (owner: string, name: string, count = 100, isAbandoned = () => false) =>
    scheduler.run(steps(name, count), { owner, isLarge: true, isAbandoned });

  it('runs a short job at once, also while large ones wait', async () => {
    void large('acme', 'large');
    await expect(scheduler.run(steps('short', 4), { owner: 'acme' })).resolves.toBe('short');
    expect(ran).toEqual(Array(4).fill('short'));
  });

  it('runs all jobs together for 10 ms of a tick, whatever their number', async () => {
    for (let count = 0; count < 50; count += 1) void large(`tenant-${count % 10}`, `${count}`);
    for (let count = 0; count < 20; count += 1) expect(await tick()).toHaveLength(10);
    expect(scheduled).toHaveLength(1);
  });

  it('runs background jobs for a short time in each tick, beside the others', async () => {
    void scheduler.run(steps('background', 100), { owner: 'tenants file', isBackground: true });
    expect(await tick()).toEqual(['background', 'background', 'background']);
    void large('acme', 'large');
    expect(await tick()).toEqual([...Array(10).fill('large'), 'background', 'background', 'background']);
  });

  it('runs the jobs of one owner one after another, and shares the slice among owners [N2]', async () => {
    const first = large('acme', 'a1', 7);
    for (const name of ['a2', 'a3', 'a4', 'a5']) void large('acme', name);
    const other = large('globex', 'g1', 5);
    expect(await tick()).toEqual(['a1', 'a1', 'a1', 'g1', 'g1', 'g1', 'a1', 'a1', 'a1', 'g1']);
    expect(await tick()).toEqual(['a1', 'g1', 'a2', 'a2', 'a2', 'a2', 'a2', 'a2', 'a2', 'a2']);
    await expect(Promise.all([first, other])).resolves.toEqual(['a1', 'g1']);
  });

  it('does not make a job that began at once wait for the large jobs of its owner', async () => {
    for (let count = 0; count < 10; count += 1) void large('acme', 'large');
    const medium = scheduler.run(steps('medium', 9), { owner: 'acme' });
    expect(ran).toEqual(Array(5).fill('medium'));
    await tick();
    await tick();
    await expect(medium).resolves.toBe('medium');
  });

  it('gives an owner with long steps no second quantum before other owners', async () => {
    void scheduler.run(steps('long', 100, 20), { owner: 'acme', isLarge: true });
    void large('globex', 'short', 5);
    expect([await tick(), await tick(), await tick()]).toEqual([
      ['long'],
      ['short', 'short', 'short', 'long'],
      ['short', 'short', 'long'],
    ]);
  });

  it('drops abandoned jobs before and after their first step', async () => {
    let isAbandoned = false;
    const jobs = ['a1', 'a2', 'a3'].map((name) => large('acme', name, 100, () => isAbandoned && name !== 'a2'));
    const results = jobs.map((job) => job.catch((error: unknown) => error));
    expect(await tick()).toEqual(Array(10).fill('a1'));
    isAbandoned = true;
    expect(await tick()).toEqual(Array(10).fill('a2'));
    expect(await results[0]).toBeInstanceOf(JobAbandoned);
    expect(await results[2]).toBeInstanceOf(JobAbandoned);
  });

  it('rejects with the error of a step, at once or later, and continues with other jobs', async () => {
    const failure = new Error('a step');
    function* failing(after: number): Generator<void, never> {
      yield* steps('failing', after);
      throw failure;
    }
    await expect(scheduler.run(failing(0), { owner: 'acme' })).rejects.toBe(failure);
    const later = scheduler.run(failing(3), { owner: 'acme', isLarge: true }).catch((error: unknown) => error);
    const next = large('acme', 'next', 2);
    await tick();
    expect(await later).toBe(failure);
    await expect(next).resolves.toBe('next');
  });

  it('schedules nothing without jobs, and starts again with the next job', async () => {
    void large('acme', 'one', 1);
    expect(await tick()).toEqual(['one']);
    expect(scheduled).toEqual([]);
    void large('acme', 'two', 1);
    expect(await tick()).toEqual(['two']);
  });
});

describe('the scheduler of the process', () => {
  it('runs other work of the event loop between slices', async () => {
    let others = 0;
    let next = setImmediate(function count() {
      others += 1;
      next = setImmediate(count);
    });
    function* untilOthersRan(): Generator<void, number> {
      for (let step = 0; step < 10_000_000 && others < 3; step += 1) yield;
      return others;
    }
    await expect(SLICES.run(untilOthersRan(), { owner: 'acme' })).resolves.toBe(3);
    clearImmediate(next);
  });
});
