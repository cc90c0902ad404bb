import type { Entry } from '../entries/entry';
import { ResponseBody } from '../entries/response-body';
import { MemoryStore } from './memory-cache-store';

const KIB = 1024;

describe('MemoryStore', () => {
  const entryOf = (bytes: number): Entry => {
    const answer = { status: 200, body: new ResponseBody(Buffer.alloc(bytes)), etag: '"tag"', headers: {} } as const;
    return { answer, loadedAt: 0, freshMs: 1, staleMs: 1, errorStaleMs: 1 };
  };
  const place = (tenant: string, key: string | number) => ({
    ...{ tenant, visibility: 'all', generation: 'g' },
    key: `${key}`,
  });

  function fill(store: MemoryStore, tenant: string, count: number): void {
    for (let key = 0; key < count; key += 1) store.set(place(tenant, key), entryOf(10 * KIB));
  }

  function held(store: MemoryStore, tenant: string, count: number): number[] {
    return Array.from({ length: count }, (_, key) => key).filter((key) => store.get(place(tenant, key)));
  }

  it('stays within its bound, overhead included', () => {
    const store = new MemoryStore(1000 * KIB);
    fill(store, 'acme', 10_000);
    expect(store.bytes).toBeLessThanOrEqual(1000 * KIB);
    expect(store.bytes).toBeGreaterThan(900 * KIB);
  });

  it('drops what was not used for the longest time', () => {
    const store = new MemoryStore(50 * KIB);
    fill(store, 'acme', 4);
    store.get(place('acme', 0));
    store.set(place('acme', 4), entryOf(10 * KIB));
    expect(held(store, 'acme', 5)).toEqual([0, 2, 3, 4]);
  });

  it('gives all of it to one tenant while nobody else needs it [N2]', () => {
    const store = new MemoryStore(1000 * KIB);
    fill(store, 'acme', 80);
    expect(held(store, 'acme', 80)).toHaveLength(80);
  });

  it('leaves no tenant over a quarter while others need it, however much it asks for [N2]', () => {
    const store = new MemoryStore(1000 * KIB);
    fill(store, 'greedy', 1_000);
    for (const tenant of ['a', 'b', 'c']) fill(store, tenant, 20);
    fill(store, 'greedy', 1_000);
    for (const tenant of ['a', 'b', 'c']) expect(held(store, tenant, 20)).toHaveLength(20);
    fill(store, 'd', 8);
    const share = held(store, 'greedy', 1_000).length * 11.2 * KIB;
    expect(share).toBeLessThanOrEqual(250 * KIB);
    for (const tenant of ['a', 'b', 'c']) expect(held(store, tenant, 20)).toHaveLength(20);
  });

  it('takes from a greedy tenant what it used least', () => {
    const store = new MemoryStore(100 * KIB);
    fill(store, 'greedy', 8);
    store.get(place('greedy', 0));
    store.set(place('modest', 0), entryOf(10 * KIB));
    expect(held(store, 'greedy', 8)).toEqual([0, 2, 3, 4, 5, 6, 7]);
  });

  it('does not keep what is larger than all of it, nor what lay there before', () => {
    const store = new MemoryStore(50 * KIB);
    store.set(place('acme', 0), entryOf(10 * KIB));
    store.set(place('acme', 0), entryOf(60 * KIB));
    expect([store.bytes, store.get(place('acme', 0))]).toEqual([0, undefined]);
  });

  it('clears one tenant', () => {
    const store = new MemoryStore(1000 * KIB);
    fill(store, 'acme', 5);
    fill(store, 'globex', 5);
    store.clear('acme');
    expect([held(store, 'acme', 5), held(store, 'globex', 5)]).toEqual([[], [0, 1, 2, 3, 4]]);
  });
});
