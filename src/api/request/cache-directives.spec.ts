import { NO_DIRECTIVES, type RequestDirectives } from '../../cache/cache-read';
import { cacheDirectives } from './cache-directives';

const of = (header: string) => cacheDirectives({ 'cache-control': header });

describe('Cache-Control of a request (RFC 9111, 5.2.1)', () => {
  it.each<[string, Partial<RequestDirectives>]>([
    ['no-cache', { noCache: true }],
    ['No-Cache', { noCache: true }],
    ['max-stale=5,no-cache', { noCache: true, maxStaleMs: 5000 }],
    ['no-store', { noStore: true }],
    ['only-if-cached', { onlyIfCached: true }],
    ['max-age=0', { noCache: true, maxAgeMs: 0 }],
    ['max-age=60', { maxAgeMs: 60_000 }],
    ['max-age="60"', { maxAgeMs: 60_000 }],
    [' max-age = 60 , ,no-store', { maxAgeMs: 60_000, noStore: true }],
    ['max-age=10, max-age=60', { maxAgeMs: 10_000 }],
    ['max-age=99999999999999999999', { maxAgeMs: 2 ** 31 * 1000 }],
    ['min-fresh=5', { minFreshMs: 5000 }],
    ['max-stale', { maxStaleMs: Number.POSITIVE_INFINITY }],
    ['max-stale=0', { maxStaleMs: 0 }],
  ])('%j', (header, given) => {
    expect(of(header)).toEqual({ ...NO_DIRECTIVES, ...given });
  });

  it.each([
    '',
    'x-no-cache',
    'no-cache;x=1',
    '"no-cache"',
    'community="a, no-cache"',
    'community="a\\", no-cache"',
    'max-age',
    'max-age=',
    'max-age=-1',
    'max-age=1.5',
    'max-age=1e3',
    'max-age=five',
    'min-fresh',
    'max-stale=x',
    'toString, __proto__',
  ])('ignores unknown or malformed directives: %j', (header) => {
    expect(of(header)).toEqual(NO_DIRECTIVES);
  });

  it('uses the well-formed one of two', () => {
    expect(of('max-age=x, max-age=7').maxAgeMs).toBe(7000);
  });

  it('counts Pragma only without Cache-Control', () => {
    expect(cacheDirectives({ pragma: 'x, no-cache' })).toEqual({ ...NO_DIRECTIVES, noCache: true });
    expect(cacheDirectives({ pragma: 'no-store, max-age=0' })).toEqual(NO_DIRECTIVES);
    expect(cacheDirectives({ pragma: 'no-cache', 'cache-control': 'max-age=60' }).noCache).toBe(false);
    expect(cacheDirectives({})).toBe(NO_DIRECTIVES);
  });
});
