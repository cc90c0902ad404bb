import { createHash } from 'node:crypto';
import { Secret } from '../secrets/secret';

/** Of SHA-256. HMAC uses a longer key as its digest (RFC 2104, 2). */
const BLOCK_BYTES = 64;
const LONGEST_NAME = 128;

/** What is needed of a private key to check signatures, in base64: 64 bytes at the most, whatever the length of the key. */
export function hmacKeyOf(privateKey: Secret): Secret {
  const text = privateKey.reveal();
  const isShort = Buffer.byteLength(text) <= BLOCK_BYTES;
  return Secret.of(isShort ? Buffer.from(text).toString('base64') : createHash('sha256').update(text).digest('base64'));
}

/** The name of a pair of keys; a long one is known by its digest. */
export function keyNameOf(name: string): string {
  return name.length <= LONGEST_NAME ? name : createHash('sha256').update(name).digest('base64url');
}
