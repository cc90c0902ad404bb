import { constants, openSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Clock } from '../clock/clock';

/** What may wait for a reader, in bytes: seconds of a busy service. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** Lines of one tick that are written without waiting for its end, in UTF-16 units. */
const MAX_TICK_LENGTH = 64 * 1024;
/** What waits is gathered into chunks of about this size, so that a reader who is back costs few system calls. */
const CHUNK_BYTES = 16 * 1024;
/** How often a reader that did not read is tried again. */
const RETRY_MS = 20;
/** A process that ends tries this often to hand over what waits, and pauses in between: half a second at most. */
const LAST_TRIES = 50;
const LAST_PAUSE_MS = 10;

/** Writes as many of the bytes as are taken now, at once; throws when none are. */
export type WriteBytes = (bytes: Buffer) => number;

export interface OutputListener {
  /** Lines that could not be kept any longer are gone. */
  onDrop(lines: number): void;
  /** The reader is back, and everything that waited was written. */
  onRecover(droppedLines: number): void;
}

/**
 * Lines for a reader that may be slow, stop or go away, which must never hold the process. They are written once a tick of the
 * event loop: a busy process pays one system call for the lines of many requests. What is not taken waits, up to a bound; beyond
 * it new lines are dropped and counted.
 */
export class BoundedOutput {
  #tick = '';
  #tickLines = 0;
  /** Not taken yet, oldest first. The first one may be the rest of what was taken in part. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  #listener: OutputListener | undefined;

  constructor(
    private readonly writeBytes: WriteBytes,
    private readonly clock: Clock,
  ) {}

  listen(listener: OutputListener): void {
    this.#listener = listener;
  }

  /** @param line ended by a newline */
  write(line: string): void {
    if (this.#tickLines === 0) setImmediate(this.#flush);
    this.#tick += line;
    this.#tickLines += 1;
    if (this.#tick.length > MAX_TICK_LENGTH) this.#flush();
  }

  /** For a process that is about to exit: writes what waits, as far as it is taken within half a second. */
  end(): void {
    this.#flush();
    for (let tries = 1; this.#waitingBytes > 0 && tries < LAST_TRIES; tries += 1) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LAST_PAUSE_MS);
      this.#writeWaiting();
    }
    this.#flush();
  }

  readonly #flush = (): void => {
    if (this.#tickLines === 0) return;
    const bytes = Buffer.from(this.#tick);
    const lines = this.#tickLines;
    this.#tick = '';
    this.#tickLines = 0;
    const wasWaiting = this.#waitingBytes > 0;
    if (this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) this.#drop(lines);
    else this.#append(bytes);
    this.#writeWaiting();
    if (!wasWaiting && this.#waitingBytes > 0) this.#retryLater();
  };

  #append(bytes: Buffer): void {
    const last = this.#waiting.at(-1);
    if (last && last.length < CHUNK_BYTES) this.#waiting[this.#waiting.length - 1] = Buffer.concat([last, bytes]);
    else this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
  }

  #drop(lines: number): void {
    this.#dropped += lines;
    this.#listener?.onDrop(lines);
  }

  #retryLater(): void {
    this.clock.after(RETRY_MS, () => {
      this.#writeWaiting();
      if (this.#waitingBytes > 0) this.#retryLater();
    });
  }

  #writeWaiting(): void {
    try {
      for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
        const taken = this.writeBytes(first);
        this.#waitingBytes -= taken;
        if (taken === first.length) this.#waiting.shift();
        else this.#waiting[0] = first.subarray(taken);
      }
    } catch {
      // Full, closed or broken, which a log cannot report: the rest waits.
      return;
    }
    if (this.#dropped > 0) this.#recover();
  }

  #recover(): void {
    const lines = this.#dropped;
    this.#dropped = 0;
    this.#listener?.onRecover(lines);
  }
}

/** Writes to standard output or error without ever waiting for who reads it. */
export function nonBlockingWriter(stream: 1 | 2): WriteBytes {
  const fd = nonBlockingDescriptor(stream);
  return (bytes) => writeSync(fd, bytes);
}

/**
 * Node makes pipes and sockets non-blocking when their stream is first used, but never terminals: those are opened anew. Files
 * stay as they are, as writing to a disk does not depend on a reader.
 */
function nonBlockingDescriptor(stream: 1 | 2): number {
  void (stream === 1 ? process.stdout : process.stderr);
  if (!isatty(stream)) return stream;
  try {
    return openSync(`/dev/fd/${stream}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return stream;
  }
}
