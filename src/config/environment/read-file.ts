import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** The text of a file; throws when it is unreadable, has more than `maxBytes`, is not UTF-8 or is a pipe that is not written in time. */
export type ReadFile = (path: string, maxBytes: number) => string;

const READ_TIMEOUT_MS = 2000;
const PAUSE_MS = 10;
const FIRST_BYTES = 64 * 1024;

/**
 * Reads files with a time limit, as a path may be a pipe (`sops exec-file`, `<(…)`) or a device. All pipes of one reader share
 * the limit, so that a thousand pipes take no longer than one.
 */
export function fileReader(timeoutMs = READ_TIMEOUT_MS): ReadFile {
  let pauses = timeoutMs / PAUSE_MS;
  const pause = () => {
    if (pauses < 1) throw new Error('not written in time');
    pauses -= 1;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  };
  // One buffer for ten thousand small files.
  const first = Buffer.alloc(FIRST_BYTES + 1);
  return (path, maxBytes) => {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    try {
      return textOf(readAll(fd, first.subarray(0, maxBytes + 1), { maxBytes, pause }));
    } finally {
      closeSync(fd);
    }
  };
}

interface ReadLimits {
  readonly maxBytes: number;
  readonly pause: () => void;
}

/** `first`: replaced by a larger buffer where the file does not fit. */
function readAll(fd: number, first: Buffer, { maxBytes, pause }: ReadLimits): Buffer {
  const isPipe = fstatSync(fd).isFIFO();
  let bytes = first;
  let size = 0;
  while (size <= maxBytes) {
    if (size === bytes.length) bytes = Buffer.concat([bytes], Math.min(2 * size, maxBytes + 1));
    const count = readNow(fd, bytes.subarray(size));
    // Reading a pipe without a writer gives 0 bytes, like the end of a file.
    if (count === undefined || (count === 0 && size === 0 && isPipe)) pause();
    else if (count === 0) return bytes.subarray(0, size);
    else size += count;
  }
  throw new Error('too large');
}

/** The number of bytes read, 0 at the end; undefined when there are none yet. */
function readNow(fd: number, into: Buffer): number | undefined {
  try {
    return readSync(fd, into);
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'EAGAIN') return undefined;
    throw error;
  }
}

/** Removes a byte order mark (the default of `TextDecoder`). */
function textOf(bytes: Buffer): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
