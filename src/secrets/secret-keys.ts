import { hkdfSync } from 'node:crypto';
import { Hmac } from './hmac';
import type { Secret } from './secret';

/** What a key may be used for; each purpose has a key of its own. */
export type KeyPurpose = 'fingerprint' | 'etag' | 'cache' | 'idempotency' | 'seal' | 'audit' | 'passthrough';

/** What is signed for the id of a key, as a part of `mac`. */
const KEY_ID = Buffer.from('6:key-id');

interface DerivedKey {
  readonly key: Buffer;
  readonly hmac: Hmac;
  readonly id: string;
}

/** The keys derived from `SECRET_KEY` by HKDF-SHA256 (RFC 5869): 32 bytes a purpose, none of them reversible to another. */
export class SecretKeys {
  /** The keys of `SECRET_KEY_PREVIOUS`, which other replicas may be using: what is made under them is accepted. */
  readonly previous?: SecretKeys;
  readonly #master: Secret;
  readonly #derived = new Map<KeyPurpose, DerivedKey>();

  constructor(master: Secret, previous?: Secret) {
    this.#master = master;
    if (previous) this.previous = new SecretKeys(previous);
  }

  /** Every `SECRET_KEY` that is known, the one in use first. */
  get all(): readonly SecretKeys[] {
    return this.previous ? [this, this.previous] : [this];
  }

  key(purpose: KeyPurpose): Buffer {
    return this.#of(purpose).key;
  }

  /** 16 hexadecimal digits that tell which `SECRET_KEY` it is without telling anything about it. */
  keyId(purpose: KeyPurpose): string {
    return this.#of(purpose).id;
  }

  /** HMAC-SHA256 of the parts under the purpose's key. Parts are length-prefixed, so that no two lists of parts meet. */
  mac(purpose: KeyPurpose, ...parts: readonly (string | Buffer)[]): Buffer {
    const message: Buffer[] = [];
    let text = '';
    for (const part of parts) {
      text += `${Buffer.byteLength(part)}:`;
      if (typeof part === 'string') text += part;
      else {
        message.push(Buffer.from(text), part);
        text = '';
      }
    }
    return this.#of(purpose).hmac.of(...message, Buffer.from(text));
  }

  #of(purpose: KeyPurpose): DerivedKey {
    const known = this.#derived.get(purpose);
    if (known) return known;
    const key = Buffer.from(hkdfSync('sha256', this.#master.reveal(), '', `stagedoor/${purpose}/v1`, 32));
    const hmac = new Hmac(key);
    const derived = { key, hmac, id: hmac.of(KEY_ID).toString('hex', 0, 8) };
    this.#derived.set(purpose, derived);
    return derived;
  }
}
