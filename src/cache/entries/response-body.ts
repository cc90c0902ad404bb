import type { Writable } from 'node:stream';

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
