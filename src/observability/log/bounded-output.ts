import { constants, openSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { type Clock, SystemClock } from '../../clock/clock';

/** The most bytes that wait for a slow reader: some seconds of a busy service. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** More text of one tick is written before the end of the tick; in UTF-16 units. */
const MAX_TICK_LENGTH = 64 * 1024;
/** Waiting lines are joined to chunks of about this size, so that few system calls write them when the reader is back. */
const CHUNK_BYTES = 16 * 1024;
/** The pause between two attempts to write to a reader that does not read. */
const RETRY_MS = 20;
/** Attempts of an ending process to write the waiting lines, with a pause between them: half a second at most. */
const LAST_TRIES = 50;
const LAST_PAUSE_MS = 10;

/** Writes as many bytes as the reader accepts now, and returns their number; throws if it accepts none. */
type WriteBytes = (bytes: Buffer) => number;

interface OutputListener {
  /** Called when lines were dropped. */
  onDrop(lines: number): void;
  /** Called when the reader is back and all waiting lines are written. */
  onRecover(droppedLines: number): void;
}

/**
 * Writes lines for a reader that may be slow, stop or disconnect, and never blocks the process. Writes once a tick, so that a busy process
 * makes one system call for the lines of many requests. Lines that the reader does not accept wait, up to a limit; above it, new lines
 * are dropped and counted.
 */
export class BoundedOutput {
  #tick = '';
  #tickLines = 0;
  /** Chunks not yet written, oldest first. The first may be the rest of a partly written chunk. */
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

  /** For a process that is about to exit: writes the waiting lines for up to half a second. */
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
        const written = this.writeBytes(first);
        this.#waitingBytes -= written;
        if (written === first.length) this.#waiting.shift();
        else this.#waiting[0] = first.subarray(written);
      }
    } catch {
      // The output is full, closed or broken, which cannot be logged; the rest waits.
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

/** Writes to standard output or error without waiting for the reader. */
function nonBlockingWriter(stream: 1 | 2): WriteBytes {
  const fd = nonBlockingDescriptor(stream);
  return (bytes) => writeSync(fd, bytes);
}

/**
 * Node makes pipes and sockets non-blocking at the first use of their stream, but never terminals: a terminal is opened again as
 * non-blocking. Files need no change, because writing to a disk does not depend on a reader.
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

const opened = new Map<1 | 2, BoundedOutput>();

/** Standard output: the log and the startup banner. */
export function standardOutput(): BoundedOutput {
  return output(1);
}

/** Standard error: the reason why the process does not start. */
export function standardError(): BoundedOutput {
  return output(2);
}

function output(stream: 1 | 2): BoundedOutput {
  const known = opened.get(stream);
  if (known) return known;
  const made = new BoundedOutput(nonBlockingWriter(stream), new SystemClock());
  process.once('exit', () => made.end());
  opened.set(stream, made);
  return made;
}
