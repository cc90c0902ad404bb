import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Secret } from '../../secrets/secret';
import { type Config, ConfigError } from '../config';
import { fileReader } from './read-file';
import { valueInFile } from './variable-reader';
import { CONFIG_VARIABLES } from './variables';

/** The `SECRET_KEY` of a demo, and where it is from. */
export interface DemoSecretKey {
  readonly secretKey: Secret;
  readonly secretKeySource: NonNullable<Config['secretKeySource']>;
}

/** A key for this start only. */
export function randomSecretKey(): DemoSecretKey {
  return { secretKey: Secret.of(randomBytes(32).toString('base64url')), secretKeySource: { kind: 'random' } };
}

/**
 * The key in the file, which is made at the first start; a random key if the file cannot be made.
 * @throws {ConfigError} for a file with anything else: replacing it would make the trail of earlier starts unverifiable
 */
export function keptSecretKey(path: string): DemoSecretKey {
  const made = randomSecretKey();
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${made.secretKey.reveal()}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!isExistingFile(error)) return made;
  }
  return { secretKey: readSecretKey(path), secretKeySource: { kind: 'file', path } };
}

function readSecretKey(path: string): Secret {
  const secretKey = CONFIG_VARIABLES.SECRET_KEY.type.parse(valueInFile(fileReader(), path) ?? '');
  if (secretKey) return secretKey;
  const expected = 'the key that an earlier start of the demo wrote; without the file, the next start makes a new one';
  throw new ConfigError([{ name: path, expected }]);
}

/** A directory whose name belongs to a file is EEXIST as well. */
function isExistingFile(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error && 'syscall' in error)) return false;
  return error.code === 'EEXIST' && error.syscall === 'open';
}
