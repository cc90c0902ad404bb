import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../clock/clock';
import type { SecretKeys } from '../../secrets/secret-keys';
import { ageOf, type Entry } from '../entries/entry';
import { ResponseBody } from '../entries/response-body';
import type { CacheKey } from './cache-store';

const VERSION = 'v2';
const MAC_BYTES = 32;
const LENGTH_BYTES = 4;

/** What lies beside the body in a Redis value. */
type Head = Pick<Entry, 'freshMs' | 'staleMs' | 'errorStaleMs'> &
  Pick<Entry['response'], 'status' | 'etag' | 'headers'> & {
    /** Wall clock, as the monotonic one means nothing to other replicas. Their clocks are assumed to agree within a second. */
    readonly loadedAt: number;
  };

/**
 * Entries as Redis values: HMAC-SHA256, length of the head, head (JSON), body. The HMAC binds the value to its cacheKey,
 * so that garbage and values swapped between keys or tenants are no entries (N2, N6).
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

  /** The entry, or nothing where the value is not one that was written for this cacheKey, under a `SECRET_KEY` that is known. */
  decode(cacheKey: CacheKey, value: Buffer): Entry | undefined {
    if (value.length < MAC_BYTES + LENGTH_BYTES) return undefined;
    const content = value.subarray(MAC_BYTES);
    const isAuthentic = this.keys.all.some((keys) =>
      timingSafeEqual(value.subarray(0, MAC_BYTES), macOf(keys, cacheKey, content)),
    );
    if (!isAuthentic) return undefined;
    const bodyAt = LENGTH_BYTES + content.readUInt32BE();
    // Authenticated: whatever stands here was written by `encode` of this version.
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
