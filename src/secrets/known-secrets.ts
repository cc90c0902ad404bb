import { LRUCache } from 'lru-cache';
import { LogWords } from './log-words';
import type { Secret } from './secret';
import { type KeptSecret, keptForm, keptSecret, MIN_SECRET_LENGTH, SecretIndex } from './secret-index';

const MIB = 1024 * 1024;

/** Limits in bytes for each kind, so that a flood of one kind evicts no secret of another. */
const LIMITS = { configured: 8 * MIB, token: 4 * MIB, presented: 2 * MIB, integration: 8 * MIB } as const;

type SecretKind = keyof typeof LIMITS;

/** Slots for the words of the program. */
const WORD_SLOTS = 1 << 16;

/** Memory of an entry besides its characters: maps, lists and the string itself. */
const ENTRY_BYTES = 256;
/** Tenants whose secrets are stored, whatever the tenants file has: those with portal tokens are in none. */
const LEAST_OWNERS = 1000;

/** The owner of credentials, which belong to no tenant and which no tenant can choose. */
const NO_TENANT = '';
const CREDENTIALS_ONLY = [NO_TENANT];

/**
 * The secrets that this process has seen, so that they can be redacted in every output. Stores values and not hashes, because it has to
 * find them inside texts; only long values are digests. Limited in bytes, and in memory only.
 *
 * A tenant chooses the secrets of its integrations. So in a text that belongs to a tenant only that tenant's secrets and credentials are
 * redacted: the secrets of other tenants never change it (docs/decisions/0022).
 */
export class KnownSecrets {
  readonly #index = new SecretIndex();
  readonly #kinds: Readonly<Record<SecretKind, SecretQuota>>;
  readonly #words = new LogWords(WORD_SLOTS);
  #ids = new LogWords(WORD_SLOTS);

  constructor(limits: Readonly<Record<SecretKind, number>> = LIMITS) {
    this.#kinds = {
      configured: new SecretQuota(this.#index, limits.configured),
      token: new SecretQuota(this.#index, limits.token),
      presented: new SecretQuota(this.#index, limits.presented),
      integration: new SecretQuota(this.#index, limits.integration),
    };
  }

  /**
   * Exempts words of the log from redaction: a tenant could otherwise store one of them as a secret, and have it masked in all lines.
   */
  allow(words: Iterable<string>): void {
    for (const word of words) this.#words.add(word);
  }

  /**
   * Like `allow`, for the ids of tenants and callers, which change with the tenants file; replaces all earlier ids. `tenants`: how many there
   * are, so that each may have secrets.
   */
  replaceAllowedIds(ids: LogWords, tenants: number): void {
    this.#ids = ids;
    this.#kinds.integration.holdOwners(tenants + LEAST_OWNERS);
  }

  /** `tenant`: the owner, so that no tenant evicts all secrets of others. */
  remember(kind: SecretKind, secret: Secret, tenant = NO_TENANT): void {
    const value = secret.reveal();
    const values = this.#kinds[kind];
    if (value.length < MIN_SECRET_LENGTH) return;
    const form = keptForm(value);
    if (values.has(tenant, form) || (kind === 'integration' && this.#isWord(value))) return;
    values.add(tenant, value, form);
  }

  /** For texts of no tenant: the text, or its first `length` characters, with every known secret masked. */
  redact(text: string, length?: number): string {
    return this.#index.mask(text, undefined, length);
  }

  /** For texts of a tenant: masks the secrets of that tenant, and the credentials of this process and its callers. */
  redactFor(tenant: string, text: string, length?: number): string {
    return this.#index.mask(text, [NO_TENANT, tenant], length);
  }

  /** For texts that no tenant may hide: masks only the credentials of this process and its callers. */
  redactCredentials(text: string): string {
    return this.#index.mask(text, CREDENTIALS_ONLY);
  }

  /** Whether the whole text is a credential of this process or of its callers, which no tenant can choose. */
  isCredential(text: string): boolean {
    const { configured, token, presented } = this.#kinds;
    const form = keptForm(text);
    return [configured, token, presented].some((values) => values.has(NO_TENANT, form));
  }

  /** Whether the log contains the value anyway, also as a part of a longer word, so that masking it would hide nothing. */
  #isWord(value: string): boolean {
    return this.#words.include(value) || this.#ids.include(value);
  }
}

/** The memory of a value in bytes, at most. */
export function sizeOf({ kept }: Pick<KeptSecret, 'kept'>): number {
  return 2 * kept.length + ENTRY_BYTES;
}

/**
 * The values of one kind, limited in bytes. The owner with the most bytes loses its least recently used value first, so that no owner evicts
 * all values of others.
 */
class SecretQuota {
  readonly #owners = new Map<string, LRUCache<string, KeptSecret>>();
  #maxOwners = LEAST_OWNERS;
  #bytes = 0;

  constructor(
    private readonly index: SecretIndex,
    private readonly maxBytes: number,
  ) {}

  /** The number never shrinks, as requests may still use an older tenants file. */
  holdOwners(count: number): void {
    this.#maxOwners = Math.max(this.#maxOwners, count);
  }

  /** Whether the value with this `keptForm` is stored; marks it as recently used. */
  has(owner: string, form: string): boolean {
    return this.#owners.get(owner)?.get(form) !== undefined;
  }

  add(owner: string, value: string, form: string): void {
    const secret = keptSecret(value, form);
    this.#valuesOf(owner).set(secret.kept, secret);
    this.#bytes += sizeOf(secret);
    this.index.add(owner, secret);
    while (this.#bytes > this.maxBytes) this.#largest()?.pop();
  }

  #valuesOf(owner: string): LRUCache<string, KeptSecret> {
    const known = this.#owners.get(owner);
    if (known) return known;
    const [oldest] = this.#owners.keys();
    if (oldest !== undefined && this.#owners.size >= this.#maxOwners) {
      this.#owners.get(oldest)?.clear();
      this.#owners.delete(oldest);
    }
    const made = new LRUCache<string, KeptSecret>({
      maxSize: this.maxBytes,
      sizeCalculation: sizeOf,
      dispose: (secret) => {
        this.#bytes -= sizeOf(secret);
        this.index.remove(owner, secret);
      },
    });
    this.#owners.set(owner, made);
    return made;
  }

  #largest(): LRUCache<string, KeptSecret> | undefined {
    let largest: LRUCache<string, KeptSecret> | undefined;
    for (const values of this.#owners.values()) {
      if (values.calculatedSize > (largest?.calculatedSize ?? 0)) largest = values;
    }
    return largest;
  }
}

/** One for the process, because it has one log, even with several services in a test. */
export const KNOWN_SECRETS = new KnownSecrets();
