import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** The text of a file; throws when it cannot be read, has more bytes, is not UTF-8 or is not written in time. */
export type ReadFile = (path: string, maxBytes: number) => string;

const READ_TIMEOUT_MS = 2000;
const PAUSE_MS = 10;
const FIRST_BYTES = 64 * 1024;

/**
 * Reads files without ever waiting for ever, as a path may lead to a pipe (`sops exec-file`, `<(…)`) or a device. All pipes of
 * one reader share its patience, so that a thousand of them are no longer waited for than one.
 */
export function fileReader(timeoutMs = READ_TIMEOUT_MS): ReadFile {
  let pauses = timeoutMs / PAUSE_MS;
  const pause = () => {
    if (pauses < 1) throw new Error('not written in time');
    pauses -= 1;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  };
  return (path, maxBytes) => {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    try {
      return textOf(readAll(fd, maxBytes, pause));
    } finally {
      closeSync(fd);
    }
  };
}

function readAll(fd: number, maxBytes: number, pause: () => void): Buffer {
  const isPipe = fstatSync(fd).isFIFO();
  let bytes = Buffer.alloc(Math.min(FIRST_BYTES, maxBytes + 1));
  let size = 0;
  while (size <= maxBytes) {
    if (size === bytes.length) bytes = Buffer.concat([bytes], Math.min(2 * size, maxBytes + 1));
    const count = readNow(fd, bytes.subarray(size));
    // A pipe that nobody has opened for writing yet looks like one that has ended.
    if (count === undefined || (count === 0 && size === 0 && isPipe)) pause();
    else if (count === 0) return bytes.subarray(0, size);
    else size += count;
  }
  throw new Error('too large');
}

/** How many bytes were read, 0 at the end; undefined when there are none yet. */
function readNow(fd: number, into: Buffer): number | undefined {
  try {
    return readSync(fd, into);
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'EAGAIN') return undefined;
    throw error;
  }
}

/** Without the byte order mark that some editors begin files with. */
function textOf(bytes: Buffer): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
