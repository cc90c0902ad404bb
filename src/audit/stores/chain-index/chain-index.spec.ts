import { execFileSync } from 'node:child_process';
import { appendFile, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { GatedStore } from '../../../../test/support/audit/gated-store';
import { keyOf, TrailFolder } from '../../../../test/support/audit/trail-folder';
import { ManualClock } from '../../../../test/support/manual-clock';
import { Secret } from '../../../secrets/secret';
import { SecretKeys } from '../../../secrets/secret-keys';
import type { AuditStore, StoredLine } from '../../audit-store';
import { AuditQuery } from '../../query/audit-query';
import type { EventFilter } from '../../query/event-filter';
import { readEvent } from '../../query/read-event';
import type { FileAuditStore } from '../file-audit-store';
import { digestOf } from './index-entries';

const keys = new SecretKeys(Secret.of('k'.repeat(32)));
const MAX_BYTES = 3000;
const DAY = 24 * 60 * 60 * 1000;

let folder: TrailFolder;
let clock: ManualClock;

beforeEach(async () => {
  folder = await TrailFolder.make();
  clock = new ManualClock();
});

afterEach(() => folder.close());

const recordOf = (id: string, tenant: string | null, target?: string): string =>
  JSON.stringify({
    ...{ id, phase: 'event', tenant, caller: 'c', action: 'cache.purge' },
    ...(target !== undefined && { target: { type: 'integration', id: target } }),
    ...{ requestId: 'q', address: '10.0.0.1' },
  });

async function idsOf(store: AuditStore, tenant: string, filter: EventFilter = {}): Promise<string[]> {
  const query = new AuditQuery(store, keys);
  const ids: string[] = [];
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const page = await query.page(tenant, filter, { limit: 3, ...(cursor !== undefined && { cursor }) });
    ids.push(...page.results.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  return ids;
}

async function scan(store: AuditStore, tenant: string, { from = 0, to = Infinity, target }: EventFilter) {
  const ids: string[] = [];
  for await (const { text } of store.newestFirst({})) {
    const event = readEvent(text);
    const time = Date.parse(event?.time ?? '');
    const isAbout = event?.tenant === tenant && (target === undefined || event.target?.id === target);
    if (isAbout && time >= from && time < to) ids.push(event.id);
  }
  return ids;
}

async function linesRead(store: AuditStore, tenant: string): Promise<StoredLine[]> {
  const lines: StoredLine[] = [];
  for await (const line of store.newestFirst({ tenants: [tenant] })) lines.push(line);
  return lines;
}

const indexes = async () => (await readdir(folder.directory)).filter((name) => name.includes('.index')).sort();

/** Three full chains, the oldest of which has the only event of `rare`, and an open one. */
async function fillWithRare(): Promise<FileAuditStore> {
  const store = folder.open(clock, { maxBytes: MAX_BYTES });
  for (let batch = 0; batch < 4; batch += 1) {
    const others = Array.from({ length: 300 }, (_, n) => recordOf(`${batch}-${n}`, `t${n % 5}`, `i${n % 7}`));
    await store.append([...(batch === 0 ? [recordOf('rare', 'rare', 'rare-target')] : []), ...others]);
    await clock.advance(1000);
  }
  await store.indexed();
  return store;
}

describe('a query with indexes', () => {
  const tenant = fc.constantFrom('a', 'b', 'c');
  const target = fc.option(fc.constantFrom('i', 'j', 'k'), { nil: undefined });
  const step = fc.record({
    events: fc.array(fc.record({ tenant: fc.option(tenant, { freq: 9 }), target }), { maxLength: 12 }),
    ms: fc.constantFrom(0, 1, 1000, DAY / 2),
    isCrash: fc.boolean(),
  });
  const instant = fc.option(
    fc.nat({ max: 3 * DAY }).map((ms) => Date.UTC(2026, 0, 1) + ms),
    { nil: undefined },
  );

  it('has the results of a full scan, whatever was recorded and is queried (S-800)', async () => {
    const property = fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 12 }),
      fc.array(fc.record({ tenant, target, from: instant, to: instant }), { minLength: 3, maxLength: 3 }),
      async (steps, filters) => {
        await rm(folder.directory, { recursive: true, force: true });
        const past = new ManualClock();
        let store = folder.open(past, { maxBytes: MAX_BYTES });
        let n = 0;
        for (const { events, ms, isCrash } of steps) {
          await store.append(events.map((event) => recordOf(`r${n++}`, event.tenant, event.target)));
          await past.advance(ms);
          await store.indexed();
          if (isCrash) store = folder.open(past, { maxBytes: MAX_BYTES });
        }
        for (const wanted of filters) {
          const { tenant: of, target: about, from, to } = wanted;
          const filter = {
            ...(about !== undefined && { target: about }),
            ...(from !== undefined && { from }),
            ...(to !== undefined && { to }),
          };
          expect(await idsOf(store, of, filter)).toEqual(await scan(store, of, filter));
        }
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });

  it('reads of indexed chains only the lines about the tenant, and the first of each chain', async () => {
    const store = await fillWithRare();
    expect(await indexes()).toHaveLength(3);
    const lines = await linesRead(store, 'rare');
    expect(lines.filter(({ text }) => text.includes('"rare"'))).toHaveLength(1);
    expect(lines.filter(({ cost }) => cost === 50)).toHaveLength(3);
    expect(lines).toHaveLength(301 + 1 + 3);
    expect(await idsOf(store, 'rare', { target: 'rare-target' })).toEqual(['rare']);
    expect(await idsOf(store, 'rare', { target: 'i1' })).toEqual([]);
  });

  it('counts chains that were skipped, so that a page ends and the next continues', async () => {
    class SkippedChains extends GatedStore {
      override async *newestFirst() {
        for (let n = 0; n < 1500; n += 1) yield { position: String(n), text: '{}', cost: 50 };
      }
    }
    const page = await new AuditQuery(new SkippedChains(), keys).page('a', {}, { limit: 50 });
    expect(page).toEqual({ results: [], nextCursor: expect.any(String) });
  });
});

describe('an index that is wrong', () => {
  const path = async (chain = 0) => join(folder.directory, (await indexes())[chain] ?? '');

  it.each([
    ['removed', async (file: string) => rm(file)],
    ['empty', async (file: string) => truncate(file, 0)],
    ['torn', async (file: string, whole: Buffer) => truncate(file, whole.length - 1)],
    ['cut after a page', async (file: string) => truncate(file, 4128)],
    ['longer', async (file: string) => appendFile(file, Buffer.alloc(16))],
    ['the index of another chain', async (file: string) => writeFile(file, await readFile(await path(1)))],
    ['an index without entries', async (file: string) => writeFile(file, Buffer.alloc(32))],
    ['a text', async (file: string) => writeFile(file, 'x'.repeat(5000))],
    [
      'a pipe',
      async (file: string) => {
        await rm(file);
        execFileSync('mkfifo', [file]);
      },
    ],
  ])('hides no event and is made again: %s (S-800)', async (_name, damage) => {
    const store = await fillWithRare();
    const [file, whole] = [await path(), await readFile(await path())];
    await damage(file, whole);
    expect(await idsOf(store, 'rare')).toEqual(['rare']);
    await store.indexed();
    expect((await readFile(file)).equals(whole)).toBe(true);
    expect(await linesRead(store, 'rare')).toHaveLength(305);
  });

  it('hides no event, whichever byte was changed', async () => {
    const store = await fillWithRare();
    const [file, whole] = [await path(), await readFile(await path())];
    const entry = whole.indexOf(digestOf({ tenant: 'rare' }, folder.key));
    const ofEntry = Array.from({ length: 16 }, (_, index) => entry + index);
    const elsewhere = Array.from({ length: Math.floor(whole.length / 197) }, (_, index) => index * 197);
    expect(entry).toBeGreaterThanOrEqual(0);
    for (const at of [...ofEntry, ...elsewhere]) {
      const forged = Buffer.from(whole);
      forged.writeUInt8(whole.readUInt8(at) ^ 1, at);
      await writeFile(file, forged);
      expect([at, await idsOf(store, 'rare')]).toEqual([at, ['rare']]);
      await store.indexed();
    }
  });

  it('is not used if it is of another key, and is made again at the next start', async () => {
    await fillWithRare();
    const whole = await readFile(await path());
    const other = folder.open(clock, { key: keyOf('o') });
    await other.append([]);
    await other.indexed();
    const foreign = await readFile(await path());
    expect(foreign.equals(whole)).toBe(false);
    const store = folder.open(clock);
    expect(await idsOf(store, 'rare')).toEqual(['rare']);
    await store.append([]);
    await store.indexed();
    expect((await readFile(await path())).equals(whole)).toBe(true);
  });

  it('is not used for a chain that has grown since', async () => {
    const store = await fillWithRare();
    const line = (await readFile(join(folder.directory, (await folder.chains())[1] ?? ''), 'utf8')).split('\n')[1];
    await appendFile(join(folder.directory, (await folder.chains())[0] ?? ''), `${line?.replace('"t0"', '"late"')}\n`);
    expect(await idsOf(store, 'late')).toEqual(['1-0']);
  });
});

describe('the indexes of a directory', () => {
  it('are made at the next start after a crash between seal and index, without what the crash left', async () => {
    await fillWithRare();
    const [first = '', second = ''] = await indexes();
    await rm(join(folder.directory, first));
    await writeFile(join(folder.directory, `${second}.unfinished`), 'x');
    await writeFile(join(folder.directory, `20250101T120000.000Z-${'0'.repeat(16)}.index`), 'x');
    const next = folder.open(clock);
    await next.append([]);
    await next.indexed();
    const chains = (await folder.chains()).map((name) => name.replace('.jsonl', '.index'));
    expect(await indexes()).toEqual(chains.slice(0, -1));
  });

  it('contain no names, are private, and are nothing to the verifier', async () => {
    const store = await fillWithRare();
    const [first = ''] = await indexes();
    const bytes = await readFile(join(folder.directory, first), 'latin1');
    for (const name of ['rare', 'rare-target', '"t1"', 'i1']) expect(bytes).not.toContain(name);
    await store.seal();
    expect(await folder.verify()).toMatchObject({ state: 'ok' });
    for (const name of await indexes()) await writeFile(join(folder.directory, name), 'x');
    expect(await folder.verify()).toMatchObject({ state: 'ok' });
  });

  it('are removed with their chains', async () => {
    await fillWithRare();
    await clock.advance(2 * DAY);
    for (let day = 0; day < 9; day += 1) {
      await clock.advance(DAY);
      await folder.open(clock).append([recordOf('later', 't')]);
    }
    const chains = (await folder.chains()).map((name) => name.replace('.jsonl', '.index'));
    expect(chains.some((name) => name.startsWith('20260101'))).toBe(false);
    expect((await indexes()).some((name) => name.startsWith('20260101'))).toBe(false);
  });
});
