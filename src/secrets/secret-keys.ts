import { createHmac, hkdfSync } from 'node:crypto';
import type { Secret } from './secret';

/** What a key may be used for; each purpose has a key of its own. */
export type KeyPurpose = 'fingerprint' | 'etag' | 'cache' | 'idempotency' | 'seal' | 'audit' | 'passthrough';

const KEY_ID_DIGITS = 16;

interface DerivedKey {
  readonly key: Buffer;
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
    const mac = createHmac('sha256', this.#of(purpose).key);
    for (const part of parts) mac.update(`${Buffer.byteLength(part)}:`).update(part);
    return mac.digest();
  }

  #of(purpose: KeyPurpose): DerivedKey {
    const known = this.#derived.get(purpose);
    if (known) return known;
    const key = Buffer.from(hkdfSync('sha256', this.#master.reveal(), '', `stagedoor/${purpose}/v1`, 32));
    const id = createHmac('sha256', key).update('6:key-id').digest('hex').slice(0, KEY_ID_DIGITS);
    const derived = { key, id };
    this.#derived.set(purpose, derived);
    return derived;
  }
}
