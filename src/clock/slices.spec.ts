import { mapInSlices } from './slices';

describe('mapInSlices', () => {
  it('maps all items in their order', async () => {
    expect(await mapInSlices([1, 2, 3], (item) => item * 2)).toEqual([2, 4, 6]);
    expect(await mapInSlices([], (item) => item)).toEqual([]);
  });

  it('lets others run when a slice is over, and not before', async () => {
    let time = 0;
    let turns = 0;
    const count = setInterval(() => undefined, 1000);
    const tick = () => {
      turns += 1;
      next = setImmediate(tick);
    };
    let next = setImmediate(tick);
    const seen = await mapInSlices(
      [1, 2, 3, 4, 5, 6],
      () => {
        time += 4;
        return turns;
      },
      () => time,
    );
    clearImmediate(next);
    clearInterval(count);
    expect(seen.slice(0, 3)).toEqual([0, 0, 0]);
    expect(seen[3]).toBeGreaterThan(0);
    expect(seen[5]).toBe(seen[3]);
  });

  it('throws what the work throws', async () => {
    await expect(mapInSlices([1], () => JSON.parse('{'))).rejects.toThrow(SyntaxError);
  });
});
