import { createHash } from 'node:crypto';
import { Secret } from '../secrets/secret';
import type { Config } from './config';

/** In hexadecimal digits: enough to distinguish configurations. */
const LENGTH = 12;

/**
 * Shows whether two processes have the same configuration. Secrets, digests of secrets and what may have a password (the user and the
 * query of a URL) are left out: whoever reads the digest could otherwise try guesses against it.
 */
export function configDigest(config: Config): string {
  return createHash('sha256').update(JSON.stringify(config, shown)).digest('hex').slice(0, LENGTH);
}

/** A replacer of `JSON.stringify`. */
function shown(this: unknown, name: string, value: unknown): unknown {
  // `value` is what `toJSON` has returned.
  const original: unknown = Object(this)[name];
  if (name === 'keyHash' || original instanceof Secret) return undefined;
  return original instanceof URL ? original.origin + original.pathname : value;
}
