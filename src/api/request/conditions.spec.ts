import { ifMatch, isNotModified, prefersLenient } from './conditions';

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
  ])('%j asks for lenience: %s', (value, asks) => {
    expect(prefersLenient(value === undefined ? {} : { prefer: value })).toBe(asks);
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
  ])('%j names the tag: %s', (value, names) => {
    expect(isNotModified(value === undefined ? {} : { 'if-none-match': value }, TAG)).toBe(names);
  });
});

describe('If-Match (RFC 9110, 13.1.1) [S-770]', () => {
  it('judges nothing when it was not sent', () => {
    expect(ifMatch({})).toEqual({});
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
  ])('%j holds: %s', (value, holds) => {
    expect(ifMatch({ 'if-match': value }).ifMatch?.(TAG)).toBe(holds);
  });
});
