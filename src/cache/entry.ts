import type { Writable } from 'node:stream';
import type { Config } from '../config/config';
import type { SecretKeys } from '../secrets/secret-keys';

const NOT_FOUND_FRESH_MS = 5_000;
const JITTER = 0.1;

const ETAG_BYTES = 16;

/** A body of at most so many bytes is kept as text. */
export const SMALL_BYTES = 12 * 1024;

/**
 * The bytes of a response. A small body is kept as text, one character a byte: a buffer costs some 300 bytes more, fragments the
 * allocator's memory (measured: twice the resident memory), and is written separately from the headers.
 */
export class ResponseBody {
  readonly #content: string | Buffer;

  constructor(bytes: Buffer) {
    this.#content = bytes.length <= SMALL_BYTES ? bytes.toString('latin1') : ownCopyOf(bytes);
  }

  /** In bytes. */
  get length(): number {
    return this.#content.length;
  }

  get bytes(): Buffer {
    return typeof this.#content === 'string' ? Buffer.from(this.#content, 'latin1') : this.#content;
  }

  /** Decoded as UTF-8. */
  toString(): string {
    return this.bytes.toString();
  }

  /** Writes these bytes and ends the response. */
  sendTo(response: Writable): void {
    if (typeof this.#content === 'string') response.end(this.#content, 'latin1');
    else response.end(this.#content);
  }
}

/** A slice of a larger buffer would keep all of it alive. */
function ownCopyOf(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength === bytes.length) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}

/** A complete, masked response, so that a hit is one look-up and one write of bytes. */
export interface CachedResponse {
  /** For a 404, `body` holds the data from which the problem of each request is rendered. */
  readonly status: 200 | 404;
  readonly body: ResponseBody;
  /** Strong, quotes included (RFC 9110, 8.8.3). */
  readonly etag: string;
  /** Headers that belong to the body; currently only `link`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A response as it is loaded, before it gets an entity tag. */
export interface LoadedResponse extends Omit<CachedResponse, 'body' | 'etag'> {
  readonly body: Buffer;
}

/** How long a response may be served, in milliseconds. */
export interface Lifetime {
  readonly freshMs: number;
  /** Counted from the end of freshness, like `errorStaleMs`. */
  readonly staleMs: number;
  readonly errorStaleMs: number;
}

export interface Entry extends Lifetime {
  readonly response: CachedResponse;
  /** When the load began, on this process's monotonic clock: the response is at least as new. */
  readonly loadedAt: number;
}

export type Freshness = 'fresh' | 'stale-while-revalidate' | 'stale-if-error' | 'expired';

/**
 * Jitter of ±10 % prevents entries that were loaded together from expiring together. A 404 is kept briefly and never
 * served stale, as the integration may have been created elsewhere (S-405).
 */
export function lifetimeOf(
  options: Config['cache'],
  kind: 'one' | 'list',
  status: CachedResponse['status'],
  random = Math.random,
): Lifetime {
  const fresh = kind === 'one' ? options.freshMs : options.listFreshMs;
  const jitter = 1 - JITTER + 2 * JITTER * random();
  if (status === 404) return { freshMs: Math.min(NOT_FOUND_FRESH_MS, fresh) * jitter, staleMs: 0, errorStaleMs: 0 };
  return { freshMs: fresh * jitter, staleMs: options.staleMs, errorStaleMs: options.errorStaleMs };
}

export function ageOf(entry: Entry, now: number): number {
  return Math.max(0, now - entry.loadedAt);
}

export function freshnessOf(entry: Entry, now: number): Freshness {
  const staleFor = ageOf(entry, now) - entry.freshMs;
  if (staleFor < 0) return 'fresh';
  if (staleFor < entry.staleMs) return 'stale-while-revalidate';
  return staleFor < entry.errorStaleMs ? 'stale-if-error' : 'expired';
}

/** Milliseconds until the entry may not be served any more. */
export function remainingLifeOf(entry: Entry, now: number): number {
  return entry.freshMs + Math.max(entry.staleMs, entry.errorStaleMs) - ageOf(entry, now);
}

/**
 * A strong entity tag of 128 bits, quotes included. It is keyed by tenant, so that one tenant cannot learn
 * from an equal tag what another tenant has (S-770).
 */
export function etagOf(keys: SecretKeys, tenant: string, body: Buffer): string {
  return `"${keys.mac('etag', tenant, body).subarray(0, ETAG_BYTES).toString('base64url')}"`;
}
