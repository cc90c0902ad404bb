import { runInSlices } from './slices';

function* steps(count: number, work: () => void): Generator<void, string> {
  for (let step = 0; step < count; step += 1) {
    work();
    yield;
  }
  return 'done';
}

describe('runInSlices', () => {
  it('runs all steps and resolves to what the generator returns', async () => {
    let count = 0;
    await expect(
      runInSlices(
        steps(3, () => {
          count += 1;
        }),
      ),
    ).resolves.toBe('done');
    expect(count).toBe(3);
    await expect(runInSlices(steps(0, () => undefined))).resolves.toBe('done');
  });

  it('lets others run when a slice is over, and not before', async () => {
    let time = 0;
    let others = 0;
    const tick = () => {
      others += 1;
      next = setImmediate(tick);
    };
    let next = setImmediate(tick);
    const seen: number[] = [];
    const work = () => {
      time += 4;
      seen.push(others);
    };
    await runInSlices(steps(6, work), () => time);
    clearImmediate(next);
    expect(seen.slice(0, 3)).toEqual([0, 0, 0]);
    expect(seen[3]).toBeGreaterThan(0);
    expect(seen[5]).toBe(seen[3]);
  });

  it('throws what a step throws', async () => {
    const failure = new Error('a step');
    await expect(
      runInSlices(
        steps(1, () => {
          throw failure;
        }),
      ),
    ).rejects.toBe(failure);
  });
});
