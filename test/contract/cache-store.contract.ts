import type { Entry } from '../../src/cache/entries/entry';
import { ResponseBody } from '../../src/cache/entries/response-body';
import type { CacheStore, Place } from '../../src/cache/stores/cache-store';
import type { ManualClock } from '../support/manual-clock';

const PLACE: Place = { tenant: 'acme', visibility: 'all', generation: 'g1', key: '["one","id"]' };
const HOUR = 3_600_000;

interface Subject {
  readonly store: CacheStore;
  readonly clock: ManualClock;
}

/** The exam that every cache store sits. */
export function cacheStoreContract(name: string, subject: () => Subject): void {
  describe(`${name}, as a cache store`, () => {
    function entryOf(text: string | Buffer, changes: Partial<Entry> = {}): Entry {
      const answer = { status: 200, body: new ResponseBody(Buffer.from(text)), etag: '"tag"', headers: {} } as const;
      const loadedAt = subject().clock.monotonic();
      return { answer, loadedAt, freshMs: HOUR, staleMs: HOUR, errorStaleMs: HOUR, ...changes };
    }

    const set = async (place: Place, entry: Entry) => subject().store.set(place, entry);
    const get = async (place: Place) => subject().store.get(place);
    const textAt = async (place: Place) => (await get(place))?.answer.body.toString();

    it('has nothing at first', async () => {
      expect(await get(PLACE)).toBeUndefined();
    });

    it('gives back what it was given, byte by byte', async () => {
      const body = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      const headers = { link: '</api/v1/integrations?pageNumber=1>; rel="next"' };
      const entry = entryOf('', {
        answer: { status: 404, body: new ResponseBody(body), etag: '"tag"', headers },
        loadedAt: subject().clock.monotonic() - 7_000,
        freshMs: 27_123.4,
        staleMs: 1,
        errorStaleMs: 2,
      });
      await set(PLACE, entry);
      expect(await get(PLACE)).toEqual(entry);
    });

    it('takes an empty body and a large one', async () => {
      const large = 'x'.repeat(500_000);
      await set(PLACE, entryOf(''));
      expect(await textAt(PLACE)).toBe('');
      await set(PLACE, entryOf(large));
      expect(await textAt(PLACE)).toBe(large);
    });

    it('replaces what lies at the same place', async () => {
      await set(PLACE, entryOf('v1'));
      await set(PLACE, entryOf('v2'));
      expect(await textAt(PLACE)).toBe('v2');
    });

    it.each([
      ['tenant [N2]', { tenant: 'globex' }],
      ['visibility [N2]', { visibility: 'one hub' }],
      ['generation [N4]', { generation: 'g2' }],
      ['key', { key: '["one","id2"]' }],
    ])('has nothing for another %s', async (_name, change) => {
      await set(PLACE, entryOf('v1'));
      expect(await get({ ...PLACE, ...change })).toBeUndefined();
    });

    it('keeps what two tenants have under one key apart [N2]', async () => {
      const other = { ...PLACE, tenant: 'globex' };
      await set(PLACE, entryOf('of acme'));
      await set(other, entryOf('of globex'));
      expect([await textAt(PLACE), await textAt(other)]).toEqual(['of acme', 'of globex']);
    });

    it('deletes one entry', async () => {
      const other = { ...PLACE, key: 'other' };
      await set(PLACE, entryOf('v1'));
      await set(other, entryOf('other'));
      await subject().store.delete(PLACE);
      expect([await get(PLACE), await textAt(other)]).toEqual([undefined, 'other']);
    });

    it('deletes nothing of another generation [N4]', async () => {
      await set(PLACE, entryOf('v1'));
      await subject().store.delete({ ...PLACE, generation: 'g0' });
      expect(await textAt(PLACE)).toBe('v1');
    });

    it('is not touched by what its user does with the bytes later', async () => {
      const pooled = Buffer.from('v1');
      await set(
        PLACE,
        entryOf('', { answer: { status: 200, body: new ResponseBody(pooled), etag: '"tag"', headers: {} } }),
      );
      pooled.fill(0);
      expect(await textAt(PLACE)).toBe('v1');
    });
  });
}
