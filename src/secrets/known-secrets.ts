import { LogWords } from './log-words';
import type { Secret } from './secret';
import { keptForm, LEAST_LENGTH, SecretIndex } from './secret-index';
import { SecretQuota } from './secret-shares';

const MIB = 1024 * 1024;

/** How many bytes of each kind are remembered: who floods one kind pushes out nothing of another. */
const LIMITS = { configured: 8 * MIB, token: 4 * MIB, presented: 2 * MIB, integration: 8 * MIB } as const;

type SecretKind = keyof typeof LIMITS;

/** Slots for the words of the program. */
const FEW_WORDS = 1 << 16;

/** Whose values they are where a kind has no tenants: of credentials, which no tenant can choose. */
const NOBODY = '';
const CREDENTIALS = [NOBODY];

/**
 * The secrets that this process has met, so that whatever leaves it can be cleaned of them, whatever carried them there. Values and not
 * hashes, as they have to be found inside of texts; only long ones are digests. Bounded in bytes; it never leaves memory.
 *
 * A tenant chooses what is a secret of its integrations. So a text that belongs to a tenant is cleaned of that tenant's secrets and of
 * credentials alone: what others store changes nothing in it (docs/decisions/0022).
 */
export class KnownSecrets {
  readonly #index = new SecretIndex();
  readonly #kinds: Readonly<Record<SecretKind, SecretQuota>>;
  readonly #words = new LogWords(FEW_WORDS);
  #ids = new LogWords(FEW_WORDS);

  constructor(limits: Readonly<Record<SecretKind, number>> = LIMITS) {
    this.#kinds = {
      configured: new SecretQuota(this.#index, limits.configured),
      token: new SecretQuota(this.#index, limits.token),
      presented: new SecretQuota(this.#index, limits.presented),
      integration: new SecretQuota(this.#index, limits.integration),
    };
  }

  /**
   * Takes words of the log for what they are: whoever may store a secret could choose one of them, and have it masked in the lines
   * of everybody.
   */
  allow(words: Iterable<string>): void {
    for (const word of words) this.#words.add(word);
  }

  /** As `allow`, for the ids of tenants and callers, which come and go with the tenants file: none of those before is allowed any more. */
  replaceAllowedIds(ids: LogWords): void {
    this.#ids = ids;
  }

  /** `tenant`: whose it is, so that no tenant pushes out all that others have. */
  remember(kind: SecretKind, secret: Secret, tenant = NOBODY): void {
    const value = secret.reveal();
    const values = this.#kinds[kind];
    if (value.length < LEAST_LENGTH) return;
    const form = keptForm(value);
    if (values.has(tenant, form) || (kind === 'integration' && this.#isWord(value))) return;
    values.add(tenant, value, form);
  }

  /** For what belongs to no tenant: the text, or the first `length` characters of it, with every known secret masked. */
  redact(text: string, length?: number): string {
    return this.#index.mask(text, undefined, length);
  }

  /** For what belongs to a tenant: the same with the secrets of that tenant, and the credentials of this process and its callers. */
  redactFor(tenant: string, text: string, length?: number): string {
    return this.#index.mask(text, [NOBODY, tenant], length);
  }

  /** For what no tenant may hide: the same with the credentials alone. */
  redactCredentials(text: string): string {
    return this.#index.mask(text, CREDENTIALS);
  }

  /** Whether the text is a credential of this process or of its callers, as a whole; no tenant can choose what is one. */
  isCredential(text: string): boolean {
    const { configured, token, presented } = this.#kinds;
    const form = keptForm(text);
    return [configured, token, presented].some((values) => values.has(NOBODY, form));
  }

  /** Whether the log says it anyway, as a part of a longer word too: masking it would hide nothing. */
  #isWord(value: string): boolean {
    return this.#words.include(value) || this.#ids.include(value);
  }
}

/** Those of this process: its log is one, however many services it holds in a test. */
export const KNOWN_SECRETS = new KnownSecrets();
