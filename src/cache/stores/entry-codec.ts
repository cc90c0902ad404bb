import { timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants } from 'node:zlib';
import type { Clock } from '../../clock/clock';
import type { SecretKeys } from '../../secrets/secret-keys';
import { ageOf, type Entry, ResponseBody } from '../entry';
import type { CacheKey } from './cache-store';

const VERSION = 'v3';
const MAC_BYTES = 32;
const LENGTH_BYTES = 4;
/**
 * From this size on, compressing and decompressing takes less time than sending the difference at 1 Gbit/s (docs/scaling.md). Both run
 * on other threads, which costs a small body more than it saves.
 */
const COMPRESSED_FROM_BYTES = 64 * 1024;
/** zlib returns to the event loop after so many bytes: often with its default of 16 KiB, which takes twice the time. */
const OUTPUT_BYTES = 256 * 1024;
/** The higher qualities take 4 to 20 times as long for a list that is as large, as nearly all of it are repetitions nearby (measured). */
const FASTEST = { [constants.BROTLI_PARAM_QUALITY]: 1 };

const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);

/** The part of a Redis value before the body. */
type Head = Pick<Entry, 'freshMs' | 'staleMs' | 'errorStaleMs'> &
  Pick<Entry['response'], 'status' | 'etag' | 'headers'> & {
    /** Wall clock, as monotonic clocks differ between replicas. Their wall clocks are assumed to agree within a second. */
    readonly loadedAt: number;
    /** Bytes of the body before it was compressed. */
    readonly bodyBytes: number;
  };

/**
 * Entries as Redis values: HMAC-SHA256, length of the head, head (JSON), body, which is compressed if it is large. The HMAC binds the
 * value to its cache key, so that garbage and values that were moved between keys or tenants are rejected (N2, N6).
 */
export class EntryCodec {
  constructor(
    private readonly keys: SecretKeys,
    private readonly clock: Clock,
  ) {}

  async encode(cacheKey: CacheKey, entry: Entry): Promise<Buffer> {
    const { response, freshMs, staleMs, errorStaleMs } = entry;
    const { status, etag, headers, body } = response;
    const loadedAt = this.clock.now() - ageOf(entry, this.clock.monotonic());
    const head: Head = { status, etag, headers, loadedAt, freshMs, staleMs, errorStaleMs, bodyBytes: body.length };
    const json = Buffer.from(JSON.stringify(head));
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(json.length);
    const bytes = isCompressed(body.length)
      ? await compress(body.bytes, { params: FASTEST, chunkSize: OUTPUT_BYTES })
      : body.bytes;
    const content = Buffer.concat([length, json, bytes]);
    return Buffer.concat([macOf(this.keys, cacheKey, content), content]);
  }

  /** Undefined for a value that was not encoded for this cache key under a known `SECRET_KEY`. */
  async decode(cacheKey: CacheKey, value: Buffer): Promise<Entry | undefined> {
    if (value.length < MAC_BYTES + LENGTH_BYTES) return undefined;
    const content = value.subarray(MAC_BYTES);
    const isAuthentic = this.keys.all.some((keys) =>
      timingSafeEqual(value.subarray(0, MAC_BYTES), macOf(keys, cacheKey, content)),
    );
    if (!isAuthentic) return undefined;
    const bodyAt = LENGTH_BYTES + content.readUInt32BE();
    // Safe to cast: the authenticated content was written by `encode` of this version.
    const head: Head = JSON.parse(content.toString('utf8', LENGTH_BYTES, bodyAt));
    const { status, etag, headers, freshMs, staleMs, errorStaleMs, bodyBytes } = head;
    const packed = content.subarray(bodyAt);
    const bytes = isCompressed(bodyBytes)
      ? await decompress(packed, { maxOutputLength: bodyBytes, chunkSize: OUTPUT_BYTES })
      : packed;
    const age = Math.max(0, this.clock.now() - head.loadedAt);
    const response = { status, body: new ResponseBody(bytes), etag, headers };
    return { response, loadedAt: this.clock.monotonic() - age, freshMs, staleMs, errorStaleMs };
  }
}

const isCompressed = (bodyBytes: number) => bodyBytes >= COMPRESSED_FROM_BYTES;

function macOf(keys: SecretKeys, { tenant, visibility, generation, key }: CacheKey, content: Buffer): Buffer {
  return keys.mac('cache', VERSION, tenant, visibility, generation, key, content);
}
