import { createHmac, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { SecretKeys } from '../../secrets/secret-keys';

/** The DER frame around the 32 bytes of an Ed25519 private key (RFC 8410, section 7). */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The keys of the trail, all derived from `SECRET_KEY`: one for the hashes of the chain, one that signs checkpoints,
 * and an id that identifies the `SECRET_KEY` without revealing it.
 */
export class TrailKey {
  /** 16 hexadecimal digits. */
  readonly id: string;
  readonly #chain: Buffer;
  readonly #private: KeyObject;
  readonly #public: KeyObject;

  constructor(keys: SecretKeys) {
    this.id = keys.keyId('audit');
    this.#chain = keys.mac('audit', 'chain');
    const der = Buffer.concat([PKCS8_ED25519, keys.mac('audit', 'checkpoint')]);
    this.#private = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    this.#public = createPublicKey(this.#private);
  }

  /** HMAC-SHA256 in base64url (43 digits). The previous hash has a fixed length, so the border of the two parts is unambiguous. */
  hash(previous: string, text: string | Buffer): string {
    return createHmac('sha256', this.#chain).update(previous).update(text).digest('base64url');
  }

  /** Ed25519 in base64url (86 digits). */
  sign(text: string): string {
    return sign(null, Buffer.from(text), this.#private).toString('base64url');
  }

  hasSigned(text: string, signature: string): boolean {
    return verify(null, Buffer.from(text), this.#public, Buffer.from(signature, 'base64url'));
  }
}
