import { LRUCache } from 'lru-cache';
import type { Secret } from './secret';
import { MASK } from './secret';

/** Shorter values would be found in ordinary words. */
const LEAST_LENGTH = 8;

/** How many values of each kind are remembered: who floods one kind pushes out nothing of another. */
const LIMITS = { configured: 20_000, token: 5000, presented: 1000, integration: 10_000 } as const;

type SecretKind = keyof typeof LIMITS;

/** Places of the filter, each for many heads: where it has none, as at most places of a text, nothing else is looked at. */
const PLACES = 1 << 16;

/**
 * The secrets that this process has met, so that the log can be cleaned of them whatever carried them there. Values and not
 * hashes, as they have to be found inside of texts. Bounded; it never leaves memory.
 */
export class KnownSecrets {
  readonly #kinds: Readonly<Record<SecretKind, LRUCache<string, true>>>;
  /** How many remembered values share a place of the filter. */
  readonly #counts = new Uint32Array(PLACES);
  /** A bit for each place that has any: small enough to stay in the nearest cache of the processor. */
  readonly #filter = new Uint8Array(PLACES / 8);
  readonly #words = new Set<string>();
  /** Values by their first eight characters, longest first. */
  readonly #byHead = new Map<string, readonly string[]>();

  constructor(limits: Readonly<Record<SecretKind, number>> = LIMITS) {
    const remembered = (max: number) =>
      new LRUCache<string, true>({
        max,
        onInsert: (_, value, reason) => reason === 'add' && this.#add(value),
        dispose: (_, value, reason) => reason !== 'set' && this.#drop(value),
      });
    this.#kinds = {
      configured: remembered(limits.configured),
      token: remembered(limits.token),
      presented: remembered(limits.presented),
      integration: remembered(limits.integration),
    };
  }

  /**
   * Takes words of the log for what they are: whoever may store a secret could choose one of them, and have it masked in the lines
   * of everybody.
   */
  leaveReadable(words: Iterable<string>): void {
    for (const word of words) this.#words.add(word);
  }

  remember(kind: SecretKind, secret: Secret): void {
    const value = secret.reveal();
    const values = this.#kinds[kind];
    if (value.length < LEAST_LENGTH || values.get(value)) return;
    if (kind === 'integration' && this.#isWord(value)) return;
    values.set(value, true);
  }

  /** The text with every occurrence of every known secret masked; those that overlap share a mask, so that no part is left. */
  scrub(text: string): string {
    let clean = '';
    let end = 0;
    for (let at = 0; at + LEAST_LENGTH <= text.length; at += 1) {
      if (!this.#mayBegin(placeOf(text, at))) continue;
      const found = this.#byHead.get(text.slice(at, at + LEAST_LENGTH))?.find((value) => text.startsWith(value, at));
      if (found === undefined) continue;
      if (at >= end) clean += text.slice(end, at) + MASK;
      end = Math.max(end, at + found.length);
    }
    return end === 0 ? text : clean + text.slice(end);
  }

  #mayBegin(place: number): boolean {
    return ((this.#filter[place >> 3] ?? 0) & (1 << (place & 7))) !== 0;
  }

  #count(place: number, change: 1 | -1): void {
    const count = (this.#counts[place] ?? 0) + change;
    const bit = 1 << (place & 7);
    const others = (this.#filter[place >> 3] ?? 0) & ~bit;
    this.#counts[place] = count;
    this.#filter[place >> 3] = count > 0 ? others | bit : others;
  }

  /** Whether the log says it anyway, as a part of a longer word too: masking it would hide nothing. */
  #isWord(value: string): boolean {
    for (const word of this.#words) if (word.includes(value)) return true;
    return false;
  }

  #add(value: string): void {
    const head = value.slice(0, LEAST_LENGTH);
    const place = placeOf(value, 0);
    this.#count(place, 1);
    const longestFirst = [...(this.#byHead.get(head) ?? []), value].sort((a, b) => b.length - a.length);
    this.#byHead.set(head, longestFirst);
  }

  /** A value that is of two kinds stands twice, so one of the two is left. */
  #drop(value: string): void {
    const head = value.slice(0, LEAST_LENGTH);
    const place = placeOf(value, 0);
    this.#count(place, -1);
    const values = [...(this.#byHead.get(head) ?? [])];
    values.splice(values.indexOf(value), 1);
    if (values.length === 0) this.#byHead.delete(head);
    else this.#byHead.set(head, values);
  }
}

/** Where the filter keeps what begins at `at`. */
function placeOf(text: string, at: number): number {
  const mixed = text.charCodeAt(at) * 31 + text.charCodeAt(at + 3) * 1009 + text.charCodeAt(at + 7) * 7919;
  return mixed & (PLACES - 1);
}

/** Those of this process: its log is one, however many services it holds in a test. */
export const KNOWN_SECRETS = new KnownSecrets();
