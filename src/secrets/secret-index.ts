import { createHash } from 'node:crypto';
import { MASK } from './secret';

/** Shorter values would match parts of ordinary words. */
export const MIN_SECRET_LENGTH = 8;
/** Longer values are stored as a digest, to limit memory. */
const MAX_KEPT_LENGTH = 4096;

/** Slots of the filter, each for many heads. A position of a text whose slot is empty, as most are, needs no further comparison. */
const SLOTS = 1 << 16;

/** Characters that one call of `mask` may compare, and further ones for each character of the text. */
const BUDGET = 65_536;
const BUDGET_PER_CHARACTER = 16;

/** Values of one owner that begin with the same eight characters. */
interface Bucket {
  /** Lengths of the values, longest first. */
  readonly lengths: number[];
  /** By length: how often each value, or its digest, was added. */
  readonly byLength: Map<number, Map<string, number>>;
}

/** A value as the index stores it. */
export interface KeptSecret {
  readonly head: string;
  readonly length: number;
  /** The value, or its digest. */
  readonly kept: string;
}

/**
 * Finds the values of some owners in texts, in time linear in the text whatever the values are: at a position where a value may begin,
 * one hash table for each length is read, and all comparisons share one budget. Only values made for the purpose use it up; then a possible
 * value is masked without a comparison. Values of other owners use no budget and are not masked.
 */
export class SecretIndex {
  /** The number of values in each slot of the filter. */
  readonly #counts = new Uint32Array(SLOTS);
  /** One bit for each slot, set if it has values: small enough for the first-level cache of the processor. */
  readonly #filter = new Uint8Array(SLOTS / 8);
  /** By the first eight characters, then by owner. */
  readonly #buckets = new Map<string, Map<string, Bucket>>();
  /** Remaining characters that the current call of `mask` may compare. */
  #budget = 0;

  /** A value that is added twice has to be removed twice. */
  add(owner: string, { head, length, kept }: KeptSecret): void {
    this.#count(slotOf(head, 0), 1);
    const owners = this.#buckets.get(head) ?? new Map<string, Bucket>();
    const bucket = owners.get(owner) ?? { lengths: [], byLength: new Map() };
    const values = bucket.byLength.get(length) ?? new Map<string, number>();
    if (values.size === 0) {
      const shorter = bucket.lengths.findIndex((other) => other < length);
      bucket.lengths.splice(shorter === -1 ? bucket.lengths.length : shorter, 0, length);
    }
    values.set(kept, (values.get(kept) ?? 0) + 1);
    bucket.byLength.set(length, values);
    owners.set(owner, bucket);
    this.#buckets.set(head, owners);
  }

  remove(owner: string, { head, length, kept }: KeptSecret): void {
    const owners = this.#buckets.get(head);
    const bucket = owners?.get(owner);
    const values = bucket?.byLength.get(length);
    const count = values?.get(kept);
    if (!owners || !bucket || !values || count === undefined) return;
    this.#count(slotOf(head, 0), -1);
    if (count > 1) values.set(kept, count - 1);
    else values.delete(kept);
    if (values.size > 0) return;
    bucket.byLength.delete(length);
    bucket.lengths.splice(bucket.lengths.indexOf(length), 1);
    if (bucket.lengths.length === 0) owners.delete(owner);
    if (owners.size === 0) this.#buckets.delete(head);
  }

  /**
   * The text with every occurrence of every value of these owners masked (of all owners if `owners` is undefined). Overlapping values share
   * a mask, so that no part remains. `length`: the number of characters to return; a value that begins in them and ends after them is
   * masked too.
   */
  mask(text: string, owners?: readonly string[], length = text.length): string {
    let clean = '';
    let end = 0;
    this.#budget = BUDGET + BUDGET_PER_CHARACTER * length;
    for (let at = 0; at < length && at + MIN_SECRET_LENGTH <= text.length; at += 1) {
      if (!this.#mayBegin(slotOf(text, at))) continue;
      const found = this.#longestAt(text, at, owners);
      if (found === 0) continue;
      if (at >= end) clean += text.slice(end, at) + MASK;
      end = Math.max(end, at + found);
    }
    return clean + text.slice(end, length);
  }

  /** The length of the longest value that begins at `at`; 0 if there is none. */
  #longestAt(text: string, at: number, owners: readonly string[] | undefined): number {
    const byOwner = this.#buckets.get(text.slice(at, at + MIN_SECRET_LENGTH));
    if (!byOwner) return 0;
    let longest = 0;
    for (const owner of owners ?? byOwner.keys()) {
      const bucket = byOwner.get(owner);
      if (bucket) longest = Math.max(longest, this.#longestOf(bucket, text, at));
    }
    return longest;
  }

  #longestOf(bucket: Bucket, text: string, at: number): number {
    for (const length of bucket.lengths) {
      const fits = at + length <= text.length;
      this.#budget -= fits ? length : 1;
      if (this.#budget < 0) return Math.min(bucket.lengths[0] ?? 0, text.length - at);
      if (fits && bucket.byLength.get(length)?.has(keptForm(text.slice(at, at + length)))) return length;
    }
    return 0;
  }

  #mayBegin(slot: number): boolean {
    return ((this.#filter[slot >> 3] ?? 0) & (1 << (slot & 7))) !== 0;
  }

  #count(slot: number, change: 1 | -1): void {
    const count = (this.#counts[slot] ?? 0) + change;
    const bit = 1 << (slot & 7);
    const others = (this.#filter[slot >> 3] ?? 0) & ~bit;
    this.#counts[slot] = count;
    this.#filter[slot >> 3] = count > 0 ? others | bit : others;
  }
}

/** The value itself, or the digest of a long one. */
export function keptForm(value: string): string {
  return value.length <= MAX_KEPT_LENGTH ? value : createHash('sha256').update(value, 'utf16le').digest('base64');
}

/** Copies the value, because a slice of a text keeps the whole text in memory. `form`: the value's `keptForm`. */
export function keptSecret(value: string, form = keptForm(value)): KeptSecret {
  const kept = value.length <= MAX_KEPT_LENGTH ? Buffer.from(value, 'utf16le').toString('utf16le') : form;
  // V8 copies a slice this short.
  return { head: value.slice(0, MIN_SECRET_LENGTH), length: value.length, kept };
}

/** The slot of the filter for the eight characters from `at` on. */
function slotOf(text: string, at: number): number {
  const mixed = text.charCodeAt(at) * 31 + text.charCodeAt(at + 3) * 1009 + text.charCodeAt(at + 7) * 7919;
  return mixed & (SLOTS - 1);
}
