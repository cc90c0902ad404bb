import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bodies, chainOf, TrailFolder } from '../../../test/support/audit/trail-folder';
import { ManualClock } from '../../../test/support/manual-clock';
import { RemovedChains } from './verify-trail';

const DAY = 24 * 60 * 60 * 1000;

let folder: TrailFolder;

beforeEach(async () => {
  folder = await TrailFolder.make();
  await folder.fill(new ManualClock());
});

afterEach(() => folder.close());

describe('a trail whose oldest chains retention removed', () => {
  it('is ok, as the trail names the removed chains', async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1, 1));
    const store = folder.open(clock);
    for (let day = 0; day < 12; day += 1) {
      await store.append(bodies(day, 1));
      await clock.advance(DAY);
    }
    await store.seal();
    expect(await folder.chains()).toHaveLength(4);
    expect(await folder.verify()).toMatchObject({ state: 'ok', chains: 4 });
  });

  it('is ok if the checkpoints of removed chains are still there', async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1, 1));
    const store = folder.open(clock);
    const kept = await mkdtemp(join(tmpdir(), 'checkpoints-'));
    for (let day = 0; day < 12; day += 1) {
      await store.append(bodies(day, 1));
      await clock.advance(DAY);
      await cp(folder.checkpoints, kept, { recursive: true });
    }
    await store.seal();
    const result = await folder.verify({ checkpoints: kept });
    await rm(kept, { recursive: true });
    expect(result).toMatchObject({ state: 'ok', findings: [] });
  });

  it('is ok if the clock was 500 days ahead for a while', async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1, 1));
    const store = folder.open(clock);
    await store.append(bodies(0, 3));
    clock.jump(500 * DAY);
    await store.append(bodies(3, 3));
    await clock.advance(60_000);
    clock.jump(-500 * DAY);
    await store.append(bodies(6, 3));
    // The store is left open like in a crash: the next process names its end.
    await clock.advance(1000);
    const next = folder.open(clock);
    await next.append(bodies(9, 3));
    await next.seal();
    expect(await folder.verify()).toMatchObject({ state: 'ok', chains: 8, findings: [] });
  });

  it('is tampered if another chain was removed, even from the time of those that retention removed', async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1, 1));
    const store = folder.open(clock);
    for (let day = 0; day < 6; day += 1) {
      await store.append(bodies(day, 1));
      await clock.advance(DAY);
    }
    await store.seal();
    expect(await folder.verify()).toMatchObject({ state: 'ok' });
    const [oldest = ''] = await folder.chains();
    await rm(join(folder.directory, oldest));
    expect((await folder.verify()).findings).toMatchObject([{ state: 'tampered', chain: chainOf(oldest) }]);
  });
});

describe('RemovedChains', () => {
  const chain = (day: number) => `202601${day}T000000.000Z-${'0'.repeat(16)}`;
  const opening = (day: number, keptFrom: number) => ({
    ...{ chain: chain(day), keyId: 'k', after: null, keptFrom: `2026-01-${keptFrom}T00:00:00.000Z` },
    ...{ retentionClock: `2026-01-${day}T00:00:00.000Z`, steadySince: `2026-01-10T00:00:00.000Z` },
  });
  const statement = (...chains: string[]) =>
    Buffer.from(
      `{"seq":1,"time":"2026-01-20T00:00:00.000Z",${JSON.stringify({ phase: 'retention', chains }).slice(1)}`,
    );

  it('has each chain that a statement names, and any chain from before the oldest statement', () => {
    const removed = new RemovedChains([opening(15, 12), opening(20, 17)]);
    expect([11, 13, 16].map((day) => removed.has(chain(day)))).toEqual([true, false, false]);
    removed.read(statement(chain(13)));
    expect([11, 13, 16].map((day) => removed.has(chain(day)))).toEqual([true, true, false]);
  });

  it('accepts no record as a statement, whatever its members', () => {
    const removed = new RemovedChains([opening(15, 12)]);
    const record = { id: 'r', onBehalfOf: '","phase":"retention",', phase: 'retention', chains: [chain(13)] };
    removed.read(Buffer.from(`{"seq":1,"time":"2026-01-20T00:00:00.000Z",${JSON.stringify(record).slice(1)}`));
    expect(removed.has(chain(13))).toBe(false);
  });

  it('uses keptFrom alone for a trail from before statements existed', () => {
    const { retentionClock, steadySince, ...old } = opening(20, 17);
    expect([retentionClock, steadySince]).toHaveLength(2);
    expect(new RemovedChains([opening(15, 12), old]).has(chain(16))).toBe(true);
  });
});
