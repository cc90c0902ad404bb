import fc from 'fast-check';
import { OPTIONS, SECOND } from '../../../test/support/cache/origin';
import { resourceKey } from '../resource-key';
import { type Entry, freshnessOf, lifetimeOf, remainingLifeOf } from './entry';
import { ResponseBody } from './response-body';

const lowest = () => 0;
const highest = () => 0.999_999;

describe('lifetimeOf', () => {
  it.each([
    ['one', 200, 30],
    ['list', 200, 15],
    ['one', 404, 5],
    ['list', 404, 5],
  ] as const)('keeps a response (%s, status %i) fresh for %i s ± 10 %%', (kind, status, seconds) => {
    expect(lifetimeOf(OPTIONS, kind, status, lowest).freshMs).toBeCloseTo(seconds * 900);
    expect(lifetimeOf(OPTIONS, kind, status, highest).freshMs).toBeCloseTo(seconds * 1_100, -1);
  });

  it('does not keep a 404 for longer than an integration', () => {
    expect(lifetimeOf({ ...OPTIONS, freshMs: SECOND }, 'one', 404, highest).freshMs).toBeLessThan(1.1 * SECOND);
  });
});

describe('freshnessOf', () => {
  const response = { status: 200, body: new ResponseBody(Buffer.alloc(0)), etag: '""', headers: {} } as const;
  const entry: Entry = { response, loadedAt: 1_000, freshMs: 30, staleMs: 10, errorStaleMs: 20 };

  it.each([
    [1_000, 'fresh'],
    [1_029, 'fresh'],
    [1_030, 'stale-while-revalidate'],
    [1_039, 'stale-while-revalidate'],
    [1_040, 'stale-if-error'],
    [1_049, 'stale-if-error'],
    [1_050, 'expired'],
  ])('of an entry at %i is %s', (now, freshness) => {
    expect(freshnessOf(entry, now)).toBe(freshness);
  });

  it('agrees with the remaining life', () => {
    expect([remainingLifeOf(entry, 1_049), remainingLifeOf(entry, 1_050)]).toEqual([1, 0]);
  });
});

describe('resourceKey', () => {
  it('differs for different resources', () => {
    const parameters = fc.array(fc.string());
    fc.assert(
      fc.property(parameters, parameters, (some, others) => {
        const isSame = JSON.stringify(some) === JSON.stringify(others);
        expect(resourceKey('one', ...some) === resourceKey('one', ...others)).toBe(isSame);
      }),
    );
    expect(resourceKey('page', 'a', 'b')).not.toBe(resourceKey('page', 'a,b'));
    expect(resourceKey('page', 'a","b')).not.toBe(resourceKey('page', 'a', 'b'));
  });
});
