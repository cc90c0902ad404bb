import { createHash } from 'node:crypto';
import { makeApiKey } from './api-key';

describe('makeApiKey', () => {
  it('makes a key of sd_ and 256 random bits, and the SHA-256 of the whole key', () => {
    const { key, hash } = makeApiKey();
    expect(key.reveal()).toMatch(/^sd_[A-Za-z0-9_-]{43}$/);
    expect(hash).toBe(createHash('sha256').update(key.reveal()).digest('hex'));
    expect(makeApiKey().hash).not.toBe(hash);
  });
});
