import {
  type IdempotencyStore,
  KEPT_MS,
  type KeyLocation,
  MAX_TEXT_LENGTH,
  REJECTION_KEPT_MS,
} from '../../src/idempotency/idempotency-store';

interface Subject {
  readonly store: IdempotencyStore;
  /** Small enough to be filled by one caller in a test. */
  readonly smallStore: IdempotencyStore;
  /** Lets time pass for the stores. */
  pass(ms: number): Promise<void>;
}

/** More keys than the small store keeps. */
const FLOOD = 200;

/** By how much the store's counts may lag. */
const HALF_AN_HOUR_MS = 30 * 60 * 1000;

const at = (id: string, more: Partial<KeyLocation> = {}): KeyLocation => ({
  ...{ tenant: 'acme', caller: 'billing', ids: [id] },
  ...more,
});
const location = at('key-1');

/** The tests that every idempotency store has to pass (S-760). */
export function idempotencyStoreContract(name: string, subject: () => Subject): void {
  describe(`${name} as an idempotency store`, () => {
    it('gives a free location to one of several concurrent claims, and the stored text to the others', async () => {
      const { store } = subject();
      const found = await Promise.all(['a', 'b', 'c'].map((text) => store.claim(location, [text])));
      expect(found.filter((texts) => texts === undefined)).toHaveLength(1);
      const [winner] = ['a', 'b', 'c'].filter((_text, index) => found[index] === undefined);
      expect(found.filter((texts) => texts !== undefined)).toEqual([[winner], [winner]]);
    });

    it.each([
      ['another tenant', at('key-1', { tenant: 'globex' })],
      ['another key', at('key-2')],
    ])('separates %s [N2]', async (_what, other) => {
      const { store } = subject();
      await store.claim(location, ['mine']);
      expect(await store.claim(other, ['theirs'])).toBeUndefined();
      expect(await store.claim(location, ['again'])).toEqual(['mine']);
    });

    it('swaps only the stored text', async () => {
      const { store } = subject();
      await store.claim(location, ['first']);
      expect(await store.swap(location, ['other'], ['next'])).toBe(false);
      expect(await store.swap(location, [undefined], ['next'])).toBe(false);
      expect(await store.swap(location, ['first'], ['next'])).toBe(true);
      expect(await store.claim(location, ['late'])).toEqual(['next']);
      expect(await store.swap(at('key-2'), [undefined], ['next'])).toBe(false);
    });

    it('accepts one of several concurrent swaps', async () => {
      const { store } = subject();
      await store.claim(location, ['first']);
      const swaps = await Promise.all(['a', 'b', 'c'].map((text) => store.swap(location, ['first'], [text])));
      expect(swaps.filter((isAccepted) => isAccepted)).toHaveLength(1);
    });

    it('frees a location that is swapped for undefined', async () => {
      const { store } = subject();
      await store.claim(location, ['first']);
      await store.swap(location, ['first'], undefined);
      expect(await store.swap(location, ['first'], ['next'])).toBe(false);
      expect(await store.claim(location, ['second'])).toBeUndefined();
    });

    it('keeps a location for 24 h from its first claim, swapped or not', async () => {
      const { store, pass } = subject();
      await store.claim(location, ['first']);
      await pass(KEPT_MS / 2);
      await store.swap(location, ['first'], ['next'], 'completed');
      await pass(KEPT_MS / 2 - 60_000);
      expect(await store.claim(location, ['early'])).toEqual(['next']);
      await pass(61_000);
      expect(await store.claim(location, ['later'])).toBeUndefined();
    });

    it('keeps a rejection for ten minutes, and not beyond the 24 h of its key', async () => {
      const { store, pass } = subject();
      for (const [id, before] of [['young', 0] as const, ['old', KEPT_MS - REJECTION_KEPT_MS / 2] as const]) {
        await store.claim(at(id), ['running']);
        await pass(before);
        await store.swap(at(id), ['running'], ['rejected'], 'rejected');
        await pass(REJECTION_KEPT_MS / 2 - 2_000);
        expect(await store.claim(at(id), ['again'])).toEqual(['rejected']);
        await pass(before ? 4_000 : REJECTION_KEPT_MS / 2 + 4_000);
        expect(await store.claim(at(id), ['later'])).toBeUndefined();
      }
    });

    it('treats several locations of a key as one: found in any, claimed and freed in all', async () => {
      const { store } = subject();
      const both = at('', { ids: ['new', 'old'] });
      await store.claim(at('old'), ['left by a replica that knows one key only']);
      const found = await store.claim(both, ['mine', 'mine too']);
      expect(found).toEqual([undefined, 'left by a replica that knows one key only']);
      expect(await store.swap(both, ['mine', 'mine too'], ['a', 'b'])).toBe(false);
      expect(await store.swap(both, found ?? [], ['a', 'b'])).toBe(true);
      expect([await store.claim(at('new'), ['x']), await store.claim(at('old'), ['x'])]).toEqual([['a'], ['b']]);
      expect(await store.swap(both, ['a', 'b'], undefined)).toBe(true);
      expect(await store.claim(both, ['mine', 'mine too'])).toBeUndefined();
    });

    describe('with a caller that sends new keys without end [N2]', () => {
      const flood = async (store: IdempotencyStore, more: Partial<KeyLocation> = {}) => {
        const text = 'x'.repeat(MAX_TEXT_LENGTH / 2);
        let kept = 0;
        for (; kept < FLOOD; kept += 1) {
          const key = at(`${JSON.stringify(more)} ${kept}`, more);
          const claimed = await store.claim(key, ['running']).catch((problem: unknown) => problem);
          if (claimed !== undefined) {
            expect(claimed).toMatchObject({ code: 'rate-limited', details: { retryAfterSeconds: 60 } });
            break;
          }
          await store.swap(key, ['running'], [text], 'completed');
        }
        return kept;
      };

      it('rejects that caller only, and forgets none of its keys', async () => {
        const { smallStore } = subject();
        const kept = await flood(smallStore);
        expect(kept).toBeLessThan(FLOOD);
        expect((await smallStore.claim(at('{} 0'), ['again']))?.[0]).toHaveLength(MAX_TEXT_LENGTH / 2);
        for (const more of [{ caller: 'other' }, { tenant: 'globex' }]) {
          expect(await smallStore.claim(at('first', more), ['text'])).toBeUndefined();
        }
      });

      it('rejects that tenant only, even with many callers', async () => {
        const { smallStore } = subject();
        const kept: number[] = [];
        for (let caller = 0; caller < 20; caller += 1) kept.push(await flood(smallStore, { caller: `${caller}` }));
        expect(kept.slice(0, 3).every((count) => count > 0)).toBe(true);
        expect(await smallStore.claim(at('first', { tenant: 'globex' }), ['text'])).toBeUndefined();
      });

      it('accepts the caller again after its keys have expired or were freed', async () => {
        const { smallStore, pass } = subject();
        const kept = await flood(smallStore);
        const text = 'x'.repeat(MAX_TEXT_LENGTH / 2);
        await smallStore.swap(at('{} 0'), [text], undefined);
        await smallStore.swap(at('{} 1'), [text], undefined);
        await smallStore.swap(at('{} 2'), [text], undefined);
        expect(await smallStore.claim(at('in place of the freed'), ['text'])).toBeUndefined();
        await pass(KEPT_MS + HALF_AN_HOUR_MS);
        expect(await flood(smallStore)).toBe(kept);
      });
    });
  });
}
