import { NO_DIRECTIVES, type RequestDirectives } from '../../cache/request-directives';
import { cacheDirectives, isNotModified, precondition, prefersLenient, unsupportedCondition } from './caching-headers';

const TAG = '"abc"';

describe('Prefer (RFC 7240) [S-321]', () => {
  it.each([
    ['handling=lenient', true],
    ['Handling = "lenient"', true],
    ['respond-async, handling=lenient;x=1', true],
    [['respond-async', 'handling=lenient'], true],
    ['handling=lenient, handling=strict', true],
    ['handling=strict, handling=lenient', false],
    ['respond-async;handling=lenient', false],
    ['handling=lenientish', false],
    ['lenient', false],
    ['', false],
    [undefined, false],
  ])('reads %j as lenient: %s', (value, isLenient) => {
    expect(prefersLenient(value === undefined ? {} : { prefer: value })).toBe(isLenient);
  });
});

describe('If-None-Match (RFC 9110, 13.1.2)', () => {
  it.each([
    [TAG, true],
    [`W/${TAG}`, true],
    [`"x", W/"y",${TAG}`, true],
    ['"a,b", "abc"', true],
    [' * ', true],
    ['"x"', false],
    ['"ABC"', false],
    ['abc', false],
    ['"*"', false],
    ['abc*', false],
    ['', false],
    [undefined, false],
  ])('finds the tag in %j: %s', (value, isFound) => {
    expect(isNotModified(value === undefined ? {} : { 'if-none-match': value }, TAG)).toBe(isFound);
  });
});

describe('If-Match (RFC 9110, 13.1.1) [S-770]', () => {
  it('evaluates nothing when it was not sent', () => {
    expect(precondition({})).toEqual({});
  });

  it.each([
    [TAG, true],
    [`"x" , ${TAG}`, true],
    ['*', true],
    [`W/${TAG}`, false],
    ['"x"', false],
    ['abc', false],
    ['abc*', false],
    ['"*"', false],
    ['', false],
  ])('evaluates %j to %s', (value, isTrue) => {
    expect(precondition({ 'if-match': value }).precondition?.([TAG])).toBe(isTrue);
  });

  it('accepts any tag of the integration, and none without an integration', () => {
    expect(precondition({ 'if-match': TAG }).precondition?.(['"new"', TAG])).toBe(true);
    for (const value of ['*', TAG]) expect(precondition({ 'if-match': value }).precondition?.([])).toBe(false);
  });
});

describe('If-None-Match on a write (RFC 9110, 13.1.2)', () => {
  it.each([
    ['*', false],
    [TAG, false],
    [`W/${TAG}`, false],
    [`"x", ${TAG}`, false],
    ['"x"', true],
    ['"x" , W/"y"', true],
    // A malformed value errs towards 412.
    ['abc', false],
    ['"x", *', false],
    ['"x', false],
    ['', false],
  ])('evaluates %j to %s', (value, isTrue) => {
    expect(precondition({ 'if-none-match': value }).precondition?.([TAG])).toBe(isTrue);
  });

  it('is true without an integration, and is combined with If-Match', () => {
    expect(precondition({ 'if-none-match': '*' }).precondition?.([])).toBe(true);
    const both = { 'if-match': TAG, 'if-none-match': TAG };
    expect(precondition(both).precondition?.([TAG])).toBe(false);
  });
});

describe('conditions that are not supported', () => {
  it.each([
    [{ 'if-unmodified-since': 'Sat, 28 Nov 2026 20:00:00 GMT' }, 'If-Unmodified-Since'],
    [{ 'if-schedule-tag-match': TAG }, 'If-*'],
    [{ if: '(<urn:x>)' }, 'If-*'],
    // RFC 9110, 13.1.4: ignored beside `If-Match`.
    [{ 'if-unmodified-since': 'Sat, 28 Nov 2026 20:00:00 GMT', 'if-match': TAG }, undefined],
    [{ 'if-match': TAG, 'if-none-match': TAG }, undefined],
    // RFC 9110, 13.1.3 and 13.1.5: ignored for methods other than GET.
    [{ 'if-modified-since': 'Sat, 28 Nov 2026 20:00:00 GMT', 'if-range': TAG }, undefined],
    [{ iframe: 'x' }, undefined],
    [{}, undefined],
  ])('%j: %s', (headers, name) => {
    expect(unsupportedCondition(headers)).toBe(name);
  });
});

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
