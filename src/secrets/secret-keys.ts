import { createHmac, hkdfSync } from 'node:crypto';
import type { Secret } from './secret';

/** The purposes of keys; each has a key of its own. */
type KeyPurpose =
  | 'fingerprint'
  | 'etag'
  | 'cache'
  | 'idempotency'
  | 'seal'
  | 'audit'
  | 'audit-index'
  | 'passthrough'
  | 'demo';

const KEY_ID_DIGITS = 16;

const PRINTED_KEY_ID_DIGITS = 4;
const BITS_OF_A_DIGIT = 5;
const BASE32_DIGITS = 'abcdefghijklmnopqrstuvwxyz234567';

interface DerivedKey {
  readonly key: Buffer;
  readonly id: string;
}

/** The keys derived from `SECRET_KEY` by HKDF-SHA256 (RFC 5869): 32 bytes a purpose; none can be computed from another. */
export class SecretKeys {
  /** The keys of `SECRET_KEY_PREVIOUS`, which other replicas may still use: values made under them are accepted. */
  readonly previous?: SecretKeys;
  readonly #master: Secret;
  readonly #derived = new Map<KeyPurpose, DerivedKey>();

  constructor(master: Secret, previous?: Secret) {
    this.#master = master;
    if (previous) this.previous = new SecretKeys(previous);
  }

  /** All known keys, the one in use first. */
  get all(): readonly SecretKeys[] {
    return this.previous ? [this, this.previous] : [this];
  }

  key(purpose: KeyPurpose): Buffer {
    return this.#derive(purpose).key;
  }

  /** 16 hexadecimal digits that identify the `SECRET_KEY` without revealing it. */
  keyId(purpose: KeyPurpose): string {
    return this.#derive(purpose).id;
  }

  /** HMAC-SHA256 of the parts under the purpose's key. Parts are length-prefixed, so that different lists of parts never collide. */
  mac(purpose: KeyPurpose, ...parts: readonly (string | Buffer)[]): Buffer {
    const mac = createHmac('sha256', this.#derive(purpose).key);
    for (const part of parts) mac.update(`${Buffer.byteLength(part)}:`).update(part);
    return mac.digest();
  }

  #derive(purpose: KeyPurpose): DerivedKey {
    const known = this.#derived.get(purpose);
    if (known) return known;
    const key = Buffer.from(hkdfSync('sha256', this.#master.reveal(), '', `stagedoor/${purpose}/v1`, 32));
    const id = createHmac('sha256', key).update('6:key-id').digest('hex').slice(0, KEY_ID_DIGITS);
    const derived = { key, id };
    this.#derived.set(purpose, derived);
    return derived;
  }
}

/** The location of a secret; the same value in another location has another fingerprint. */
interface SecretLocation {
  readonly tenant: string;
  /** The id of the integration; before it is created, the id of the intent. */
  readonly integration: string;
  readonly channel: string;
  readonly field: string;
}

/**
 * `fp2:`, four digits that identify the `SECRET_KEY`, a dot, and 80 bits of HMAC-SHA256 in base32 (16 digits). Shows a rotation of a secret
 * but neither the secret nor whether another integration has the same one (docs/decisions/0004). The key prevents offline guessing. Only
 * fingerprints of one `SECRET_KEY` can be compared.
 */
export function fingerprint(keys: SecretKeys, location: SecretLocation, value: string): string {
  const { tenant, integration, channel, field } = location;
  const mac = keys.mac('fingerprint', 'fp2', tenant, integration, channel, field, value);
  return `fp2:${keys.keyId('fingerprint').slice(0, PRINTED_KEY_ID_DIGITS)}.${base32(mac.subarray(0, 10))}`;
}

/** RFC 4648, section 6, in lower case; for multiples of five bytes, which need no padding. */
function base32(bytes: Buffer): string {
  let digits = '';
  let rest = 0;
  let bits = 0;
  for (const byte of bytes) {
    rest = (rest << 8) | byte;
    for (bits += 8; bits >= BITS_OF_A_DIGIT; bits -= BITS_OF_A_DIGIT) {
      digits += BASE32_DIGITS.charAt((rest >>> (bits - BITS_OF_A_DIGIT)) & 31);
    }
    rest &= (1 << bits) - 1;
  }
  return digits;
}
