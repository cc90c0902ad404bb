import type { Entry } from '../../src/cache/entry';
import { ResponseBody } from '../../src/cache/entry';
import type { CacheKey, CacheStore } from '../../src/cache/stores/cache-store';
import type { ManualClock } from '../support/manual-clock';

const CACHE_KEY: CacheKey = { tenant: 'acme', visibility: 'all', generation: 'g1', key: '["one","id"]' };
const HOUR = 3_600_000;

interface Subject {
  readonly store: CacheStore;
  readonly clock: ManualClock;
}

/** The tests that every cache store has to pass. */
export function cacheStoreContract(name: string, subject: () => Subject): void {
  describe(`${name} as a cache store`, () => {
    function entryOf(text: string | Buffer, changes: Partial<Entry> = {}): Entry {
      const response = { status: 200, body: new ResponseBody(Buffer.from(text)), etag: '"tag"', headers: {} } as const;
      const loadedAt = subject().clock.monotonic();
      return { response, loadedAt, freshMs: HOUR, staleMs: HOUR, errorStaleMs: HOUR, ...changes };
    }

    const set = async (cacheKey: CacheKey, entry: Entry) => subject().store.set(cacheKey, entry);
    const get = async (cacheKey: CacheKey) => subject().store.get(cacheKey);
    const textAt = async (cacheKey: CacheKey) => (await get(cacheKey))?.response.body.toString();

    it('is empty at first', async () => {
      expect(await get(CACHE_KEY)).toBeUndefined();
    });

    it('returns an entry unchanged, byte by byte', async () => {
      const body = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      const headers = { link: '</api/v1/integrations?pageNumber=1>; rel="next"' };
      const entry = entryOf('', {
        response: { status: 404, body: new ResponseBody(body), etag: '"tag"', headers },
        loadedAt: subject().clock.monotonic() - 7_000,
        freshMs: 27_123.4,
        staleMs: 1,
        errorStaleMs: 2,
      });
      await set(CACHE_KEY, entry);
      expect(await get(CACHE_KEY)).toEqual(entry);
    });

    it('stores an empty body and a large one', async () => {
      const large = 'x'.repeat(500_000);
      await set(CACHE_KEY, entryOf(''));
      expect(await textAt(CACHE_KEY)).toBe('');
      await set(CACHE_KEY, entryOf(large));
      expect(await textAt(CACHE_KEY)).toBe(large);
    });

    it('replaces the entry of a key', async () => {
      await set(CACHE_KEY, entryOf('v1'));
      await set(CACHE_KEY, entryOf('v2'));
      expect(await textAt(CACHE_KEY)).toBe('v2');
    });

    it.each([
      ['tenant [N2]', { tenant: 'globex' }],
      ['visibility [N2]', { visibility: 'one hub' }],
      ['generation [N4]', { generation: 'g2' }],
      ['key', { key: '["one","id2"]' }],
    ])('returns no entry for another %s', async (_name, change) => {
      await set(CACHE_KEY, entryOf('v1'));
      expect(await get({ ...CACHE_KEY, ...change })).toBeUndefined();
    });

    it('separates the entries of two tenants under one key [N2]', async () => {
      const other = { ...CACHE_KEY, tenant: 'globex' };
      await set(CACHE_KEY, entryOf('of acme'));
      await set(other, entryOf('of globex'));
      expect([await textAt(CACHE_KEY), await textAt(other)]).toEqual(['of acme', 'of globex']);
    });

    it('deletes one entry', async () => {
      const other = { ...CACHE_KEY, key: 'other' };
      await set(CACHE_KEY, entryOf('v1'));
      await set(other, entryOf('other'));
      await subject().store.delete(CACHE_KEY);
      expect([await get(CACHE_KEY), await textAt(other)]).toEqual([undefined, 'other']);
    });

    it('is not affected by later changes of the given bytes', async () => {
      const pooled = Buffer.from('v1');
      await set(
        CACHE_KEY,
        entryOf('', { response: { status: 200, body: new ResponseBody(pooled), etag: '"tag"', headers: {} } }),
      );
      pooled.fill(0);
      expect(await textAt(CACHE_KEY)).toBe('v1');
    });
  });
}
