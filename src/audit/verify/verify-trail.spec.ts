import { rm } from 'node:fs/promises';
import { bodies, keyOf, TrailFolder } from '../../../test/support/audit/trail-folder';
import { ManualClock } from '../../../test/support/manual-clock';

let folder: TrailFolder;

beforeEach(async () => {
  folder = await TrailFolder.make();
  await folder.fill(new ManualClock());
});

afterEach(() => folder.close());

describe('a clean trail', () => {
  it('is ok after a crash within a line, a rotation and an orderly end', async () => {
    expect(await folder.verify()).toEqual({ state: 'ok', chains: 4, lines: 4 + 40 + 3, findings: [] });
  });

  it('is ok while it is written, except for an end that nothing names yet', async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1, 1));
    const store = folder.open(clock);
    await store.append(bodies(0, 3));
    expect(await folder.verify()).toMatchObject({ state: 'unanchored-tail', findings: [{ seq: 4 }] });
    await store.append(bodies(3, 997));
    await store.seal();
    expect(await folder.verify()).toMatchObject({ state: 'ok' });
  });

  it('is ok after a change of SECRET_KEY if the previous one is given', async () => {
    const next = keyOf('n');
    const store = folder.open(new ManualClock(Date.UTC(2026, 0, 1, 1)), { key: next });
    await store.append(bodies(0, 1));
    await store.seal();
    expect(await folder.verify({ keys: [next, folder.key] })).toMatchObject({ state: 'ok', chains: 5 });
    expect(await folder.verify({ keys: [next] })).toMatchObject({ state: 'unknown-key' });
  });

  it('is ok without its checkpoints if its end is sealed', async () => {
    await rm(folder.checkpoints, { recursive: true });
    expect(await folder.verify()).toMatchObject({ state: 'ok' });
  });

  it('is ok with a checkpoint that is torn by a crash', async () => {
    await folder.editCheckpoints(0, (text) => text.slice(0, -30));
    expect(await folder.verify()).toMatchObject({ state: 'ok' });
  });

  it('reports progress up to the last byte', async () => {
    const seen: number[] = [];
    const onProgress = (done: number, total: number) => seen.push(done / total);
    await folder.verify({ onProgress });
    expect(seen.at(-1)).toBe(1);
  });
});

describe('the end of a trail', () => {
  it('is torn-tail after a crash within a line that no later process has recorded', async () => {
    await folder.open(new ManualClock(Date.UTC(2026, 0, 1, 1))).append(bodies(0, 3));
    const chain = await folder.edit(4, (lines) => [...lines.slice(0, -1), (lines.at(-1) ?? '').slice(0, 40)]);
    expect(await folder.verify()).toMatchObject({ state: 'torn-tail', findings: [{ chain, seq: 3 }] });
  });

  it('is unanchored-tail after a crash between two lines', async () => {
    await folder.open(new ManualClock(Date.UTC(2026, 0, 1, 1))).append(bodies(0, 3));
    expect(await folder.verify()).toMatchObject({ state: 'unanchored-tail' });
  });
});
