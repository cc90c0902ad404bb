import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Secret } from './secret';
import type { SecretKeys } from './secret-keys';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const FORMAT = /^sd1\.([0-9a-f]{16})\.([A-Za-z0-9_-]{38,})$/;

/**
 * The plaintext encrypted with AES-256-GCM, as text that may be stored anywhere (N1): `sd1.`, the id of the `SECRET_KEY`, and nonce,
 * tag and ciphertext in base64url. `context` identifies the location of the text, with its tenant. It is authenticated, not stored, so that
 * a sealed text can be decrypted only in its own location.
 */
export function seal(keys: SecretKeys, context: string, plaintext: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keys.key('seal'), iv).setAAD(Buffer.from(context));
  const sealed = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  return `sd1.${keys.keyId('seal')}.${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')}`;
}

/**
 * The plaintext of a text sealed under `SECRET_KEY` or `SECRET_KEY_PREVIOUS`. Undefined for any other text, a changed one, or one from
 * another context.
 */
export function unseal(keys: SecretKeys, context: string, text: string): Secret | undefined {
  const [, keyId, body] = FORMAT.exec(text) ?? [];
  if (keyId === undefined || body === undefined) return undefined;
  const sealedUnder = keys.all.find((known) => known.keyId('seal') === keyId);
  return sealedUnder && open(sealedUnder.key('seal'), context, Buffer.from(body, 'base64url'));
}

function open(key: Buffer, context: string, bytes: Buffer): Secret | undefined {
  const tag = bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context)).setAuthTag(tag);
  try {
    const opened = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    return Secret.of(opened.toString('utf8'));
  } catch {
    return undefined;
  }
}
