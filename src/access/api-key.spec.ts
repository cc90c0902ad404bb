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

describe('npm run key', () => {
  it('prints a key once and its line for the tenants file', () => {
    const print = jest.spyOn(console, 'log').mockImplementation();
    jest.requireActual('./key.cli');
    const printed = print.mock.calls.join();
    print.mockRestore();

    const [key = '', ...others] = printed.match(/sd_[\w-]+/g) ?? [];
    expect(others).toEqual([]);
    expect(printed).toContain(`keyHash: sha256:${createHash('sha256').update(key).digest('hex')}\n`);
  });
});
