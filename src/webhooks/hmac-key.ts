import { createHash } from 'node:crypto';
import { Secret } from '../secrets/secret';

/** The block size of SHA-256. HMAC replaces a longer key by its digest (RFC 2104, section 2). */
const BLOCK_BYTES = 64;
const MAX_NAME_LENGTH = 128;

/** The HMAC key of a private key, in base64: at most 64 bytes, whatever the length of the private key. */
export function hmacKeyOf(privateKey: Secret): Secret {
  const text = privateKey.reveal();
  const isShort = Buffer.byteLength(text) <= BLOCK_BYTES;
  return Secret.of(isShort ? Buffer.from(text).toString('base64') : createHash('sha256').update(text).digest('base64'));
}

/** The name of a key pair; a long name is replaced by its digest. */
export function keyNameOf(name: string): string {
  return name.length <= MAX_NAME_LENGTH ? name : createHash('sha256').update(name).digest('base64url');
}
