import { PassThrough } from 'node:stream';
import { ResponseBody, SMALL_BYTES } from './response-body';

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
