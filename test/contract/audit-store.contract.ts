import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditStore, StoredLine, TrailSlice } from '../../src/audit/audit-store';
import { TrailKey } from '../../src/audit/chain/chain';
import { AuditQuery } from '../../src/audit/query/audit-query';
import type { EventFilter } from '../../src/audit/query/event-filter';
import { UnresolvedIntents } from '../../src/audit/query/unresolved-intents';
import type { AuditOutcome, AuditRecord } from '../../src/audit/record';
import { serialise as serialiseWith } from '../../src/audit/recording/serialise';
import { verifyTrail } from '../../src/audit/verify/verify-trail';
import { Secret } from '../../src/secrets/secret';
import { SecretKeys } from '../../src/secrets/secret-keys';
import { ManualClock } from '../support/manual-clock';

const DAY = 24 * 60 * 60 * 1000;

/** What the tests need of a kind of store. */
export interface StoreFixture {
  /** A store over the trail of the fixture; each call is another process. */
  open(clock: ManualClock, key: TrailKey): Promise<AuditStore>;
  /** The stored lines by chain. */
  chains(): Promise<ReadonlyMap<string, readonly string[]>>;
  break(): Promise<void>;
  repair(): Promise<void>;
  close(): Promise<void>;
}

const keys = new SecretKeys(Secret.of('k'.repeat(32)));
const key = new TrailKey(keys);
const serialise = (record: AuditRecord) => serialiseWith(record, keys);

function recordOf(n: number, more: Partial<AuditRecord> = {}): AuditRecord {
  return {
    ...{ id: `r${n}`, phase: 'event', tenant: 'acme', caller: 'billing', action: 'cache.purge' },
    ...{ requestId: `q${n}`, address: '10.0.0.1', outcome: 'success' },
    ...more,
  };
}

const bodies = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => serialise(recordOf(from + index)));

/** The tests that every audit store has to pass. */
export function auditStoreContract(name: string, createFixture: () => Promise<StoreFixture>): void {
  describe(`${name} as an audit store`, () => {
    let fixture: StoreFixture;
    let clock: ManualClock;
    const open = () => fixture.open(clock, key);

    beforeEach(async () => {
      fixture = await createFixture();
      // Near the real time, as a shared store has its own clock; before midnight, when a new chain begins.
      const midnight = (Math.floor(Date.now() / DAY) + 1) * DAY;
      clock = new ManualClock(Math.min(Date.now(), midnight - 30_000));
    });

    afterEach(() => fixture.close());

    async function idsOf(store: AuditStore, slice: TrailSlice = {}): Promise<string[]> {
      return (await read(store, slice)).map(({ text }) => JSON.parse(text).id).filter(Boolean);
    }

    it('is empty before the first record', async () => {
      expect(await read(await open(), {})).toEqual([]);
    });

    it('returns appended records, newest first, with sequence, time and hash', async () => {
      const store = await open();
      await store.append(bodies(1, 2));
      await store.append(bodies(3, 1));
      expect((await read(store, {})).map(({ text }) => JSON.parse(text))).toMatchObject([
        { ...recordOf(3), seq: 3, hash: expect.stringMatching(/^[\w-]{43}$/) },
        { ...recordOf(2), seq: 2, time: new Date(clock.now()).toISOString() },
        { ...recordOf(1), seq: 1 },
        { phase: 'open', seq: 0, after: null },
      ]);
    });

    it('stores each record as one line, with any content', async () => {
      const store = await open();
      const hostile = 'x\n{"seq":1}\r\u2028"\\\u0000';
      await store.append([serialise(recordOf(1, { onBehalfOf: hostile })), serialise(recordOf(2))]);
      const [second, first] = await read(store, {});
      expect([first, second].map((line) => JSON.parse(line?.text ?? ''))).toMatchObject([
        { id: 'r1', onBehalfOf: hostile },
        { id: 'r2' },
      ]);
    });

    it('filters by time: from is inclusive, to is exclusive', async () => {
      const store = await open();
      const start = clock.now();
      for (const n of [0, 1, 2, 3]) {
        await store.append(bodies(n, 1));
        await clock.advance(1000);
      }
      expect(await idsOf(store, { from: start + 1000, to: start + 3000 })).toEqual(['r2', 'r1']);
      expect(await idsOf(store, { from: start + 3001 })).toEqual([]);
      expect(await idsOf(store, { to: start + 1 })).toEqual(['r0']);
    });

    it('continues at a position, although more was appended meanwhile', async () => {
      const store = await open();
      await store.append(bodies(0, 1200));
      const seen: string[] = [];
      let before: string | undefined;
      for (let page = 0; page < 5; page += 1) {
        const lines = (await read(store, before === undefined ? {} : { before })).slice(0, 300);
        seen.push(...lines.map(({ text }) => JSON.parse(text).id).filter(Boolean));
        before = lines.at(-1)?.position;
        expect(store.isPosition(before ?? '')).toBe(true);
        await store.append(bodies(5000 + page, 1));
      }
      expect(seen).toEqual(Array.from({ length: 1200 }, (_, index) => `r${1199 - index}`));
    });

    it('merges the records of several processes', async () => {
      const [one, other] = [await open(), await open()];
      for (let n = 0; n < 10; n += 2) {
        await one.append(bodies(n, 1));
        await clock.advance(1);
        await other.append(bodies(n + 1, 1));
        await clock.advance(1);
      }
      expect(await idsOf(one)).toEqual(Array.from({ length: 10 }, (_, index) => `r${9 - index}`));
      expect(await idsOf(other)).toEqual(await idsOf(one));
    });

    it('links every line to the previous one and every chain to the previous chain, and ends it with a seal', async () => {
      for (const start of [0, 10]) {
        const store = await open();
        await store.append(bodies(start, 5));
        await store.append(bodies(start + 5, 5));
        await store.seal();
        await clock.advance(10);
      }
      expect(await verify(await fixture.chains())).toMatchObject({ state: 'ok', chains: 2, lines: 24 });
      const [first = [], second = []] = [...(await fixture.chains()).values()];
      expect(JSON.parse(second[0] ?? '').after).toMatchObject({ seq: 11, hash: JSON.parse(first.at(-1) ?? '').hash });
    });

    it('writes no seal without records', async () => {
      const store = await open();
      await expect(store.seal()).resolves.toBeUndefined();
      expect((await fixture.chains()).size).toBe(0);
    });

    it('rejects while it cannot store, recovers by itself, and is not reported as tampered', async () => {
      const store = await open();
      await store.append(bodies(0, 3));
      await fixture.break();
      await expect(store.append(bodies(3, 3))).rejects.toThrow();
      await fixture.repair();
      await clock.advance(1000);
      await store.append(bodies(6, 3));
      const ids = await idsOf(store);
      expect(ids.slice(0, 3)).toEqual(['r8', 'r7', 'r6']);
      expect(ids).toEqual(expect.arrayContaining(['r0', 'r1', 'r2']));
      expect((await verify(await fixture.chains())).state).not.toBe('tampered');
    });

    it.each(['', '../../etc/passwd', '1-1\n', '0-0', '*', 'x'.repeat(50)])(
      'does not accept %j as a position',
      async (text) => {
        expect((await open()).isPosition(text)).toBe(false);
      },
    );

    describe('searched for unresolved intents', () => {
      const target = { type: 'integration', id: 'i1' } as const;
      const intent = (n: number, more: Partial<AuditRecord> = {}) =>
        serialise({ ...recordOf(n), phase: 'intent', action: 'integration.update', target, changes: [], ...more });
      const outcome = (n: number, of: number, result: AuditOutcome) =>
        serialise(recordOf(n, { phase: 'outcome', intentId: `r${of}`, action: 'integration.update', outcome: result }));
      const created = (n: number, name: string) =>
        intent(n, {
          ...{ action: 'integration.create', target: { type: 'hub', id: 'h1' } },
          changes: [{ pointer: '/name', from: null, to: name }],
        });
      const found = async (store: AuditStore, from = 0, to = Number.MAX_SAFE_INTEGER) =>
        new UnresolvedIntents(store).between(from, Math.min(to, clock.now() + 1));

      it('finds intents without an outcome or whose last outcome is unknown, oldest first, with all recorded fields', async () => {
        const store = await open();
        await store.append([
          intent(1),
          intent(2, { target: { type: 'integration', id: 'i2' } }),
          outcome(3, 2, 'success'),
        ]);
        await store.append([
          intent(4, { tenant: 'globex', onBehalfOf: 'ann', traceId: 't' }),
          outcome(5, 4, 'unknown'),
        ]);
        const other = { type: 'integration', id: 'i3' } as const;
        await store.append([intent(6, { target: other }), outcome(7, 6, 'unknown'), outcome(8, 6, 'failed')]);
        expect(await found(store)).toEqual([
          {
            id: 'r1',
            actor: { tenant: 'acme', caller: 'billing', requestId: 'q1', address: '10.0.0.1' },
            intent: { action: 'integration.update', target, changes: [] },
            storedAt: clock.now(),
            isReportedUnknown: false,
            isOvertaken: false,
          },
          expect.objectContaining({
            id: 'r4',
            actor: expect.objectContaining({ tenant: 'globex', onBehalfOf: 'ann', traceId: 't' }),
            isReportedUnknown: true,
          }),
        ]);
      });

      it('filters by the time of the intent: from is inclusive, to is exclusive; an outcome counts at any time', async () => {
        const store = await open();
        const start = clock.now();
        for (const n of [0, 1, 2, 3]) {
          await store.append([intent(n, { target: { type: 'integration', id: `i${n}` } })]);
          await clock.advance(1000);
        }
        await store.append([outcome(9, 2, 'refused')]);
        const ids = (await found(store, start + 1000, start + 3000)).map(({ id }) => id);
        expect(ids).toEqual(['r1']);
      });

      it('finds the oldest 50 of each tenant, and the next ones when these are reconciled', async () => {
        const store = await open();
        const many = (tenant: string, start: number, count: number) =>
          Array.from({ length: count }, (_, n) =>
            intent(start + n, { tenant, target: { type: 'integration', id: `i${start + n}` } }),
          );
        for (let n = 0; n < 120; n += 1) {
          await store.append(many('acme', n, 1));
          await clock.advance(1);
        }
        await store.append(many('globex', 500, 3));
        const first = (await found(store)).map(({ id }) => id);
        const names = (start: number, count: number) => Array.from({ length: count }, (_, n) => `r${start + n}`);
        expect(first).toEqual([...names(0, 50), ...names(500, 3)]);
        const reconciled = new Set(first);
        const next = await new UnresolvedIntents(store).between(0, clock.now() + 1, (id) => !reconciled.has(id));
        expect(next.map(({ id }) => id)).toEqual(names(50, 50));
      });

      it('marks intents as overtaken by a later write that may have changed the same integration', async () => {
        const store = await open();
        const of = (n: number, id: string) => intent(n, { target: { type: 'integration', id } });
        await store.append([of(1, 'a'), of(2, 'b'), of(3, 'c'), of(4, 'd')]);
        await store.append([of(11, 'a'), outcome(12, 11, 'success')]);
        await store.append([of(21, 'b'), outcome(22, 21, 'refused')]);
        await store.append([intent(31, { target: { type: 'integration', id: 'c' }, tenant: 'globex' })]);
        await store.append([of(41, 'd')]);
        const overtaken = (await found(store)).map(({ id, isOvertaken }) => [id, isOvertaken]);
        expect(overtaken).toEqual([
          ['r1', true],
          ['r2', false],
          ['r3', false],
          ['r4', true],
          ['r31', false],
          ['r41', false],
        ]);
      });

      it('marks a create as overtaken when its name was assigned or removed later', async () => {
        const store = await open();
        await store.append([created(1, 'a'), created(2, 'b'), created(3, 'c')]);
        await store.append([created(11, 'a'), outcome(12, 11, 'success')]);
        const deleted = [{ pointer: '/name', from: 'b', to: null }];
        await store.append([
          intent(21, { action: 'integration.delete', changes: deleted }),
          outcome(22, 21, 'success'),
        ]);
        const overtaken = (await found(store)).map(({ id, isOvertaken }) => [id, isOvertaken]);
        expect(overtaken).toEqual([
          ['r1', true],
          ['r2', true],
          ['r3', false],
        ]);
      });

      it('takes a create for overtaken by a later write of which it does not keep the whole name, as that may be the same', async () => {
        const store = await open();
        await store.append([created(1, 'a'), intent(2, { target: { type: 'integration', id: 'b' } })]);
        await store.append([created(3, '********'), outcome(4, 3, 'success'), created(5, 'c')]);
        const recorded = (await found(store)).map(({ id, isOvertaken }) => [id, isOvertaken]);
        expect(recorded).toEqual([
          ['r1', true],
          ['r2', false],
          ['r5', false],
        ]);
      });
    });

    describe('queried', () => {
      async function page(store: AuditStore, filter: EventFilter, limit = 50, cursor?: string, tenant = 'acme') {
        return new AuditQuery(store, keys).page(tenant, filter, { limit, ...(cursor !== undefined && { cursor }) });
      }

      it('returns to a tenant its own events only [N2]', async () => {
        const store = await open();
        const forged = serialise(recordOf(2, { tenant: 'globex', onBehalfOf: '"tenant":"acme"' }));
        await store.append([serialise(recordOf(1)), forged, serialise(recordOf(3, { tenant: null }))]);
        expect((await page(store, {})).results.map(({ id }) => id)).toEqual(['r1']);
      });

      it('filters by time, action, caller, target and outcome', async () => {
        const store = await open();
        const target = { type: 'integration', id: 'i1' } as const;
        await store.append([
          serialise(recordOf(1, { action: 'audit.read' })),
          serialise(recordOf(2, { caller: 'shop' })),
          serialise(recordOf(3, { target })),
          serialise(recordOf(4, { outcome: 'failed' })),
        ]);
        const ids = async (filter: EventFilter) => (await page(store, filter)).results.map(({ id }) => id);
        expect(await ids({ action: 'audit.read' })).toEqual(['r1']);
        expect(await ids({ caller: 'shop' })).toEqual(['r2']);
        expect(await ids({ target: 'i1' })).toEqual(['r3']);
        expect(await ids({ outcome: 'failed' })).toEqual(['r4']);
        expect(await ids({ from: clock.now() })).toHaveLength(4);
        expect(await ids({ to: clock.now() })).toEqual([]);
      });

      it('pages through all events once, without a cursor at the end', async () => {
        const store = await open();
        await store.append(bodies(0, 120));
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const { results, nextCursor } = await page(store, {}, 50, cursor);
          expect(results.length).toBeLessThanOrEqual(50);
          seen.push(...results.map(({ id }) => id));
          cursor = nextCursor;
        } while (cursor !== undefined);
        expect(seen).toEqual(Array.from({ length: 120 }, (_, index) => `r${119 - index}`));
      });

      it('rejects a cursor that it did not create', async () => {
        const store = await open();
        await expect(page(store, {}, 50, 'bm9uc2Vuc2U')).rejects.toMatchObject({ code: 'validation-failed' });
      });

      it('reveals nothing about records of other tenants: no sequence, and cursors that are valid for one tenant only', async () => {
        const store = await open();
        await store.append([...bodies(0, 3), serialise(recordOf(3, { tenant: 'globex' }))]);
        const { results, nextCursor = '' } = await page(store, {}, 1);
        const [{ position } = { position: '' }] = await read(store, {});
        expect(Object.keys(results[0] ?? {})).not.toContain('seq');
        for (const text of [
          nextCursor,
          ...nextCursor.split('.').map((part) => Buffer.from(part, 'base64url').toString()),
        ]) {
          for (const part of position.split('~')) if (part.length > 9) expect(text).not.toContain(part);
        }
        expect((await page(store, {}, 1, nextCursor)).results.map(({ id }) => id)).toEqual(['r1']);
        await expect(page(store, {}, 1, nextCursor, 'globex')).rejects.toMatchObject({ code: 'validation-failed' });
        const bare = Buffer.from(position).toString('base64url');
        await expect(page(store, {}, 1, bare)).rejects.toMatchObject({ code: 'validation-failed' });
      });

      it('ends a page early when its records are large, and continues after them', async () => {
        const store = await open();
        const changes = Array.from({ length: 15 }, (_, n) => ({
          pointer: `/${n}`,
          from: null,
          to: Array.from({ length: 7 }, () => 'x'.repeat(500)),
        }));
        await store.append(Array.from({ length: 60 }, (_, n) => serialise(recordOf(n, { changes }))));
        const seen: string[] = [];
        let pages = 0;
        for (let cursor: string | undefined; pages === 0 || cursor !== undefined; pages += 1) {
          const { results, nextCursor } = await page(store, {}, 500, cursor);
          expect(JSON.stringify(results).length).toBeLessThan(1.1 * 1024 * 1024);
          seen.push(...results.map(({ id }) => id));
          cursor = nextCursor;
        }
        expect(pages).toBeGreaterThan(1);
        expect(seen).toEqual(Array.from({ length: 60 }, (_, n) => `r${59 - n}`));
      });

      it('returns an event as it was recorded', async () => {
        const store = await open();
        const record = recordOf(1, {
          ...{ phase: 'outcome', intentId: 'i', onBehalfOf: 'ann', action: 'integration.update', traceId: 't' },
          ...{ target: { type: 'integration', id: 'i1' }, outcome: 'unknown', status: 504, code: 'upstream-timeout' },
          ...{
            attempts: 2,
            durationMs: 12_000,
            changes: [{ pointer: '/name', from: null, to: ['a', { b: 1 }] }],
            count: 3,
          },
        });
        await store.append([serialise(record)]);
        expect((await page(store, {})).results).toEqual([{ ...record, time: expect.any(String) }]);
      });
    });
  });
}

async function read(store: AuditStore, slice: TrailSlice): Promise<StoredLine[]> {
  const lines: StoredLine[] = [];
  for await (const line of store.newestFirst(slice)) lines.push(line);
  return lines;
}

/** Verifies lines in files, as `stagedoor audit verify` does. */
async function verify(chains: ReadonlyMap<string, readonly string[]>) {
  const directory = await mkdtemp(join(tmpdir(), 'audit-store-'));
  try {
    for (const [chain, lines] of chains) {
      await writeFile(join(directory, `${chain}.jsonl`), lines.map((line) => `${line}\n`).join(''));
    }
    return await verifyTrail({ directory, checkpointDirectory: directory, keys: [key] });
  } finally {
    await rm(directory, { recursive: true });
  }
}
