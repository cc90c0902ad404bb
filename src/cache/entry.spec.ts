import { PassThrough } from 'node:stream';
import { OPTIONS, SECOND } from '../../test/support/cache/origin';
import { type Entry, freshnessOf, lifetimeOf, ResponseBody, remainingLifeOf, SMALL_BYTES } from './entry';

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

describe('ResponseBody', () => {
  const everyByte = (length: number) => Buffer.from(Array.from({ length }, (_, index) => index % 256));

  it.each([0, 256, SMALL_BYTES, SMALL_BYTES + 1])('returns %d bytes unchanged', (length) => {
    const body = new ResponseBody(everyByte(length));
    expect(body.length).toBe(length);
    expect(body.bytes.equals(everyByte(length))).toBe(true);
  });

  it.each([3, SMALL_BYTES + 2])('decodes %d bytes as UTF-8', (length) => {
    const text = '€'.repeat(length / 3);
    expect(`${new ResponseBody(Buffer.from(text))}`).toBe(text);
  });

  it.each([256, SMALL_BYTES + 1])('sends %d bytes unchanged', async (length) => {
    const response = new PassThrough();
    new ResponseBody(everyByte(length)).sendTo(response);
    expect(Buffer.concat(await response.toArray()).equals(everyByte(length))).toBe(true);
  });

  it('copies a slice, so that the larger buffer is not kept alive', () => {
    const larger = Buffer.alloc(4 * SMALL_BYTES, 'x');
    const { bytes } = new ResponseBody(larger.subarray(0, 2 * SMALL_BYTES));
    expect(bytes.toString()).toBe('x'.repeat(2 * SMALL_BYTES));
    expect(bytes.buffer).not.toBe(larger.buffer);
  });
});
