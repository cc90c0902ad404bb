import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { Hmac } from './hmac';

const bytes = (constraints?: fc.IntArrayConstraints) => fc.uint8Array(constraints).map((array) => Buffer.from(array));

describe('Hmac', () => {
  it('is the HMAC-SHA256 of Node, for keys up to a block and a message in any parts', () => {
    fc.assert(
      fc.property(bytes({ maxLength: 64 }), fc.array(bytes({ maxLength: 200 })), (key, parts) => {
        const ofNode = createHmac('sha256', key).update(Buffer.concat(parts)).digest();
        expect(new Hmac(key).of(...parts)).toEqual(ofNode);
      }),
    );
  });

  it('is the same for messages that are hashed part by part', () => {
    const [key, parts] = [Buffer.from('key'), [Buffer.alloc(50_000, 'a'), Buffer.alloc(50_000, 'b')]];
    const ofNode = createHmac('sha256', key).update(Buffer.concat(parts)).digest();
    expect(new Hmac(key).of(...parts)).toEqual(ofNode);
  });

  it('answers the second test case of RFC 4231', () => {
    const mac = new Hmac(Buffer.from('Jefe')).of(Buffer.from('what do ya want '), Buffer.from('for nothing?'));
    expect(mac.toString('hex')).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  });

  it('takes no key that would have to be hashed first', () => {
    expect(() => new Hmac(Buffer.alloc(65))).toThrow(RangeError);
  });
});
