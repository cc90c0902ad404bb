import { type Entry, ResponseBody } from '../entry';
import { MemoryCacheStore } from './memory-cache-store';

const KIB = 1024;

describe('MemoryCacheStore', () => {
  const entryOf = (bytes: number): Entry => {
    const response = { status: 200, body: new ResponseBody(Buffer.alloc(bytes)), etag: '"tag"', headers: {} } as const;
    return { response, loadedAt: 0, freshMs: 1, staleMs: 1, errorStaleMs: 1 };
  };
  const cacheKey = (tenant: string, key: string | number) => ({
    ...{ tenant, visibility: 'all', generation: 'g' },
    key: `${key}`,
  });

  function fill(store: MemoryCacheStore, tenant: string, count: number): void {
    for (let key = 0; key < count; key += 1) store.set(cacheKey(tenant, key), entryOf(10 * KIB));
  }

  function storedKeys(store: MemoryCacheStore, tenant: string, count: number): number[] {
    return Array.from({ length: count }, (_, key) => key).filter((key) => store.get(cacheKey(tenant, key)));
  }

  it('stays within its limit, overhead included', () => {
    const store = new MemoryCacheStore(1000 * KIB);
    fill(store, 'acme', 10_000);
    expect(store.bytes).toBeLessThanOrEqual(1000 * KIB);
    expect(store.bytes).toBeGreaterThan(900 * KIB);
  });

  it('evicts the least recently used entry', () => {
    const store = new MemoryCacheStore(50 * KIB);
    fill(store, 'acme', 4);
    store.get(cacheKey('acme', 0));
    store.set(cacheKey('acme', 4), entryOf(10 * KIB));
    expect(storedKeys(store, 'acme', 5)).toEqual([0, 2, 3, 4]);
  });

  it('gives all memory to one tenant while no other needs it [N2]', () => {
    const store = new MemoryCacheStore(1000 * KIB);
    fill(store, 'acme', 80);
    expect(storedKeys(store, 'acme', 80)).toHaveLength(80);
  });

  it('leaves no tenant over a quarter while others need memory [N2]', () => {
    const store = new MemoryCacheStore(1000 * KIB);
    fill(store, 'greedy', 1_000);
    for (const tenant of ['a', 'b', 'c']) fill(store, tenant, 20);
    fill(store, 'greedy', 1_000);
    for (const tenant of ['a', 'b', 'c']) expect(storedKeys(store, tenant, 20)).toHaveLength(20);
    fill(store, 'd', 8);
    const share = storedKeys(store, 'greedy', 1_000).length * 11.2 * KIB;
    expect(share).toBeLessThanOrEqual(250 * KIB);
    for (const tenant of ['a', 'b', 'c']) expect(storedKeys(store, tenant, 20)).toHaveLength(20);
  });

  it('evicts the least recently used entry of a greedy tenant', () => {
    const store = new MemoryCacheStore(100 * KIB);
    fill(store, 'greedy', 8);
    store.get(cacheKey('greedy', 0));
    store.set(cacheKey('modest', 0), entryOf(10 * KIB));
    expect(storedKeys(store, 'greedy', 8)).toEqual([0, 2, 3, 4, 5, 6, 7]);
  });

  it('stores no entry above its limit, and deletes the earlier entry of the key', () => {
    const store = new MemoryCacheStore(50 * KIB);
    store.set(cacheKey('acme', 0), entryOf(10 * KIB));
    store.set(cacheKey('acme', 0), entryOf(60 * KIB));
    expect([store.bytes, store.get(cacheKey('acme', 0))]).toEqual([0, undefined]);
  });

  it('deletes no entry of another generation', () => {
    const store = new MemoryCacheStore(1000 * KIB);
    fill(store, 'acme', 1);
    store.delete({ ...cacheKey('acme', 0), generation: 'older' });
    expect(storedKeys(store, 'acme', 1)).toEqual([0]);
  });

  it('clears one tenant', () => {
    const store = new MemoryCacheStore(1000 * KIB);
    fill(store, 'acme', 5);
    fill(store, 'globex', 5);
    store.clear('acme');
    expect([storedKeys(store, 'acme', 5), storedKeys(store, 'globex', 5)]).toEqual([[], [0, 1, 2, 3, 4]]);
  });
});
