import { type IdempotencyStore, KEPT_MS } from '../../src/idempotency/idempotency-store';

interface Subject {
  readonly store: IdempotencyStore;
  /** Lets time pass, as far as the store can see. */
  pass(ms: number): Promise<void>;
}

const place = { tenant: 'acme', id: 'key-1' };

/** The exam that every idempotency store sits (S-760). */
export function idempotencyStoreContract(name: string, subject: () => Subject): void {
  describe(`${name} as an idempotency store`, () => {
    it('gives a free place to one of those who claim it at once, and shows the others what is there', async () => {
      const { store } = subject();
      const found = await Promise.all(['a', 'b', 'c'].map((text) => store.claim(place, text)));
      expect(found.filter((text) => text === undefined)).toHaveLength(1);
      const [winner] = ['a', 'b', 'c'].filter((_text, index) => found[index] === undefined);
      expect(found.filter((text) => text !== undefined)).toEqual([winner, winner]);
    });

    it.each([
      ['another tenant', { tenant: 'globex', id: 'key-1' }],
      ['another key', { tenant: 'acme', id: 'key-2' }],
    ])('N2: %s has a place of its own', async (_what, other) => {
      const { store } = subject();
      await store.claim(place, 'mine');
      expect(await store.claim(other, 'theirs')).toBeUndefined();
      expect(await store.claim(place, 'again')).toBe('mine');
    });

    it('swaps only what is there', async () => {
      const { store } = subject();
      await store.claim(place, 'first');
      expect(await store.swap(place, 'other', 'next')).toBe(false);
      expect(await store.swap(place, 'first', 'next')).toBe(true);
      expect(await store.claim(place, 'late')).toBe('next');
    });

    it('lets one of several swaps win', async () => {
      const { store } = subject();
      await store.claim(place, 'first');
      const swaps = await Promise.all(['a', 'b', 'c'].map((text) => store.swap(place, 'first', text)));
      expect(swaps.filter((won) => won)).toHaveLength(1);
    });

    it('frees a place that is swapped for nothing', async () => {
      const { store } = subject();
      await store.claim(place, 'first');
      await store.swap(place, 'first', undefined);
      expect(await store.swap(place, 'first', 'next')).toBe(false);
      expect(await store.claim(place, 'second')).toBeUndefined();
    });

    it('keeps a place for 24 h from its first claim, swapped or not', async () => {
      const { store, pass } = subject();
      await store.claim(place, 'first');
      await pass(KEPT_MS / 2);
      await store.swap(place, 'first', 'next');
      await pass(KEPT_MS / 2 - 60_000);
      expect(await store.claim(place, 'early')).toBe('next');
      await pass(61_000);
      expect(await store.claim(place, 'later')).toBeUndefined();
    });
  });
}
