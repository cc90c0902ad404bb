import type { Answer } from './answer';
import type { Entry } from './entry';

/** Up to here a body is kept as text in the heap, where nothing is lost between two bodies; beyond, as a buffer of its own. */
const SMALL_BYTES = 12 * 1024;
/** What an entry costs beside its body and its id: objects, slots of maps, and what was dropped and is not collected yet (measured on Node 20). */
const OVERHEAD_BYTES = 1200;
/** Buffers that were dropped are collected late and leave holes that the allocator keeps: so much resident memory for each byte kept (measured). */
const BUFFER_FACTOR = 3;

/** Bytes that an entry takes, all in all. */
export function costOf(id: string, { length }: Buffer): number {
  const body = length <= SMALL_BYTES ? length : Math.ceil(length * BUFFER_FACTOR);
  return body + 2 * id.length + OVERHEAD_BYTES;
}

/**
 * An entry as the memory tier keeps it: one flat object. A small buffer of its own would cost some 300 bytes more, and leave
 * holes behind that the allocator gives back to nobody (measured: twice the memory).
 */
export class KeptEntry {
  /** Small: one character for each byte. */
  readonly #body: string | Buffer;
  readonly #status: Answer['status'];
  readonly #etag: string;
  readonly #headers: Answer['headers'];
  readonly #loadedAt: number;
  readonly #freshMs: number;
  readonly #staleMs: number;
  readonly #errorStaleMs: number;

  constructor(
    readonly tenant: string,
    readonly generation: string,
    /** See `costOf`. */
    readonly bytes: number,
    { answer, loadedAt, freshMs, staleMs, errorStaleMs }: Entry,
  ) {
    this.#body = keptBody(answer.body);
    this.#status = answer.status;
    this.#etag = answer.etag;
    this.#headers = answer.headers;
    this.#loadedAt = loadedAt;
    this.#freshMs = freshMs;
    this.#staleMs = staleMs;
    this.#errorStaleMs = errorStaleMs;
  }

  get entry(): Entry {
    const body = typeof this.#body === 'string' ? Buffer.from(this.#body, 'latin1') : this.#body;
    return {
      answer: { status: this.#status, body, etag: this.#etag, headers: this.#headers },
      loadedAt: this.#loadedAt,
      freshMs: this.#freshMs,
      staleMs: this.#staleMs,
      errorStaleMs: this.#errorStaleMs,
    };
  }
}

/** A slice of a larger buffer would keep all of it alive. */
function keptBody(body: Buffer): string | Buffer {
  if (body.length <= SMALL_BYTES) return body.toString('latin1');
  if (body.buffer.byteLength === body.length) return body;
  const own = Buffer.allocUnsafeSlow(body.length);
  body.copy(own);
  return own;
}
