import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../clock/clock';
import type { SecretKeys } from '../../secrets/secret-keys';
import { ageOf, type Entry } from '../entries/entry';
import { ResponseBody } from '../entries/response-body';
import type { CacheKey } from './cache-store';

const VERSION = 'v2';
const MAC_BYTES = 32;
const LENGTH_BYTES = 4;

/** The part of a Redis value before the body. */
type Head = Pick<Entry, 'freshMs' | 'staleMs' | 'errorStaleMs'> &
  Pick<Entry['response'], 'status' | 'etag' | 'headers'> & {
    /** Wall clock, as monotonic clocks differ between replicas. Their wall clocks are assumed to agree within a second. */
    readonly loadedAt: number;
  };

/**
 * Entries as Redis values: HMAC-SHA256, length of the head, head (JSON), body. The HMAC binds the value to its cache key, so that
 * garbage and values that were moved between keys or tenants are rejected (N2, N6).
 */
export class EntryCodec {
  constructor(
    private readonly keys: SecretKeys,
    private readonly clock: Clock,
  ) {}

  encode(cacheKey: CacheKey, entry: Entry): Buffer {
    const { response, freshMs, staleMs, errorStaleMs } = entry;
    const loadedAt = this.clock.now() - ageOf(entry, this.clock.monotonic());
    const head: Head = {
      status: response.status,
      etag: response.etag,
      headers: response.headers,
      loadedAt,
      freshMs,
      staleMs,
      errorStaleMs,
    };
    const json = Buffer.from(JSON.stringify(head));
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(json.length);
    const content = Buffer.concat([length, json, response.body.bytes]);
    return Buffer.concat([macOf(this.keys, cacheKey, content), content]);
  }

  /** Undefined for a value that was not encoded for this cache key under a known `SECRET_KEY`. */
  decode(cacheKey: CacheKey, value: Buffer): Entry | undefined {
    if (value.length < MAC_BYTES + LENGTH_BYTES) return undefined;
    const content = value.subarray(MAC_BYTES);
    const isAuthentic = this.keys.all.some((keys) =>
      timingSafeEqual(value.subarray(0, MAC_BYTES), macOf(keys, cacheKey, content)),
    );
    if (!isAuthentic) return undefined;
    const bodyAt = LENGTH_BYTES + content.readUInt32BE();
    // Safe to cast: the authenticated content was written by `encode` of this version.
    const head: Head = JSON.parse(content.toString('utf8', LENGTH_BYTES, bodyAt));
    const { status, etag, headers, freshMs, staleMs, errorStaleMs } = head;
    const age = Math.max(0, this.clock.now() - head.loadedAt);
    const response = { status, body: new ResponseBody(content.subarray(bodyAt)), etag, headers };
    return { response, loadedAt: this.clock.monotonic() - age, freshMs, staleMs, errorStaleMs };
  }
}

function macOf(keys: SecretKeys, { tenant, visibility, generation, key }: CacheKey, content: Buffer): Buffer {
  return keys.mac('cache', VERSION, tenant, visibility, generation, key, content);
}
