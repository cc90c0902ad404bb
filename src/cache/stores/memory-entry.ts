import type { CachedResponse } from '../entries/cached-response';
import type { Entry } from '../entries/entry';
import { type ResponseBody, SMALL_BYTES } from '../entries/response-body';

/** Bytes of an entry beside its body and its id: objects, map slots, and dropped entries not collected yet (measured on Node 20). */
const OVERHEAD_BYTES = 1200;
/** Resident bytes for each byte of a buffer: dropped buffers are collected late and fragment the allocator's memory (measured). */
const BUFFER_FACTOR = 3;

/** Bytes that an entry takes in all. */
export function costOf(id: string, { length }: ResponseBody): number {
  const body = length <= SMALL_BYTES ? length : Math.ceil(length * BUFFER_FACTOR);
  return body + 2 * id.length + OVERHEAD_BYTES;
}

/** An entry as one flat object, which takes less memory than nested ones. */
export class MemoryEntry {
  readonly #body: ResponseBody;
  readonly #status: CachedResponse['status'];
  readonly #etag: string;
  readonly #headers: CachedResponse['headers'];
  readonly #loadedAt: number;
  readonly #freshMs: number;
  readonly #staleMs: number;
  readonly #errorStaleMs: number;

  constructor(
    readonly tenant: string,
    readonly generation: string,
    /** See `costOf`. */
    readonly bytes: number,
    { response, loadedAt, freshMs, staleMs, errorStaleMs }: Entry,
  ) {
    this.#body = response.body;
    this.#status = response.status;
    this.#etag = response.etag;
    this.#headers = response.headers;
    this.#loadedAt = loadedAt;
    this.#freshMs = freshMs;
    this.#staleMs = staleMs;
    this.#errorStaleMs = errorStaleMs;
  }

  get entry(): Entry {
    return {
      response: { status: this.#status, body: this.#body, etag: this.#etag, headers: this.#headers },
      loadedAt: this.#loadedAt,
      freshMs: this.#freshMs,
      staleMs: this.#staleMs,
      errorStaleMs: this.#errorStaleMs,
    };
  }
}
