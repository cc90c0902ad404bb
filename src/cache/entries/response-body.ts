import type { Writable } from 'node:stream';

/** Up to here a body is kept as text. */
export const SMALL_BYTES = 12 * 1024;

/**
 * The bytes of a response. Small ones are kept as text, one character for each byte: a buffer of its own would cost some 300 bytes more, leave
 * holes that the allocator gives back to nobody (measured: twice the memory), and go out in a second piece behind its head.
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

  /** Read as UTF-8. */
  toString(): string {
    return this.bytes.toString();
  }

  /** Ends the response with these bytes. */
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
