import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../config';
import { keptSecretKey } from './kept-secret-key';

describe('keptSecretKey', () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'stagedoor-key-'));
    path = join(directory, 'data', 'demo-secret-key');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('makes a random key once, in a file that only its owner can read', () => {
    const { secretKey, secretKeySource } = keptSecretKey(path);
    expect(secretKeySource).toEqual({ kind: 'file', path });
    expect(readFileSync(path, 'utf8')).toBe(`${secretKey.reveal()}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(keptSecretKey(path).secretKey.reveal()).toBe(secretKey.reveal());
    expect(keptSecretKey(join(directory, 'other')).secretKey.reveal()).not.toBe(secretKey.reveal());
  });

  it('rejects a file with anything else, without its content, and leaves it as it is', () => {
    keptSecretKey(path);
    for (const content of ['', 'too short']) {
      writeFileSync(path, content);
      const error = new ConfigError([
        {
          name: path,
          expected: 'the key that an earlier start of the demo wrote; without the file, the next start makes a new one',
        },
      ]);
      expect(() => keptSecretKey(path)).toThrow(error);
      expect(readFileSync(path, 'utf8')).toBe(content);
    }
  });

  it('returns a random key if the file cannot be made', () => {
    writeFileSync(join(directory, 'data'), '');
    const [one, other] = [keptSecretKey(path), keptSecretKey(path)];
    expect(one.secretKeySource).toEqual({ kind: 'random' });
    expect(one.secretKey.reveal()).not.toBe(other.secretKey.reveal());
  });
});
