import { Secret } from './secret';
import { fingerprint, SecretKeys } from './secret-keys';

const keys = new SecretKeys(Secret.of('k'.repeat(32)));
const location = { tenant: 'acme', integration: 'i1', channel: 'TwilioSMS', field: 'authToken' };

describe('SecretKeys', () => {
  it('derives a key for each purpose, the same at each start', () => {
    const again = new SecretKeys(Secret.of('k'.repeat(32)));
    expect(keys.key('cache')).toEqual(again.key('cache'));
    expect(keys.key('cache')).not.toEqual(keys.key('etag'));
  });

  it('identifies its keys by ids that are not secret', () => {
    const other = new SecretKeys(Secret.of('z'.repeat(32)), Secret.of('k'.repeat(32)));
    expect(other.all.map((one) => one.keyId('seal'))).toEqual([
      expect.stringMatching(/^[0-9a-f]{16}$/),
      keys.keyId('seal'),
    ]);
    expect(new Set([other.keyId('seal'), keys.keyId('seal'), keys.keyId('etag')]).size).toBe(3);
    expect(keys.keyId('seal')).toBe(keys.mac('seal', 'key-id').toString('hex', 0, 8));
  });

  it('returns different MACs for lists of parts with the same concatenation', () => {
    expect(keys.mac('etag', 'ab', 'c')).not.toEqual(keys.mac('etag', 'a', 'bc'));
    expect(keys.mac('etag', 'a', Buffer.from('bc'))).not.toEqual(keys.mac('etag', 'ab', Buffer.from('c')));
  });

  it('returns another MAC if any part changes, text or bytes [N2]', () => {
    const parts = ['before', Buffer.from('bytes'), 'after'];
    const other = (part: string | Buffer) => (typeof part === 'string' ? 'other' : Buffer.from('other'));
    const changed = parts.map((_, at) => parts.map((part, index) => (index === at ? other(part) : part)));
    const macs = [parts, ...changed].map((list) => keys.mac('cache', ...list).toString('hex'));
    expect(new Set(macs).size).toBe(4);
  });
});

describe('fingerprint', () => {
  it('has fp2:, a key id and 16 base32 digits, the same for the same value in the same location', () => {
    expect(fingerprint(keys, location, 'value')).toMatch(/^fp2:[0-9a-f]{4}\.[a-z2-7]{16}$/);
    expect(fingerprint(keys, location, 'value')).toBe(fingerprint(keys, location, 'value'));
  });

  it.each([
    ['value', location, 'other'],
    ['tenant', { ...location, tenant: 'globex' }, 'value'],
    ['integration', { ...location, integration: 'i2' }, 'value'],
    ['channel', { ...location, channel: 'Messenger' }, 'value'],
    ['field', { ...location, field: 'pageAccessToken' }, 'value'],
  ])('differs for another %s', (_what, where, value) => {
    expect(fingerprint(keys, where, value)).not.toBe(fingerprint(keys, location, 'value'));
  });
});

it('a fingerprint identifies its SECRET_KEY, so that a new key does not look like a new secret', () => {
  const others = [new SecretKeys(Secret.of('z'.repeat(32))), new SecretKeys(Secret.of('k'.repeat(32)))];
  const [own, other, same] = [keys, ...others].map((one) => fingerprint(one, location, 'value'));
  expect(other?.slice(0, 8)).not.toBe(own?.slice(0, 8));
  expect(same).toBe(own);
});
