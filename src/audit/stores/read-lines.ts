import { open, stat } from 'node:fs/promises';

const BLOCK = 64 * 1024;
/** Longer than any line of a trail, which has a few hundred KiB at most. */
const MAX_LINE = 1024 * 1024;
const LINE_END = 0x0a;
const MAX_FIRST_LINE = 4096;

/** The first line of a file without its line end; empty if no line ends within 4 KiB. */
export async function firstLineOf(path: string): Promise<Buffer> {
  const text = await readAt(path, 0, MAX_FIRST_LINE);
  return text.subarray(0, Math.max(0, text.indexOf(LINE_END)));
}

/** A line without its line end, and where it starts in its file. */
export interface FoundLine {
  readonly start: number;
  readonly line: Buffer;
}

/**
 * The whole lines in front of `end` (bytes), the last one first. Text behind the last line end is left
 * out, as a writer may still be writing it, and text that is too long for a line is skipped, so that memory is bounded. The file is
 * not open between two blocks.
 */
export async function* linesBackwards(path: string, end = Number.POSITIVE_INFINITY): AsyncGenerator<FoundLine> {
  let position = Math.min(end, (await stat(path)).size);
  let rest: Buffer = Buffer.alloc(0);
  let isTornDropped = false;
  while (position > 0) {
    const start = Math.max(0, position - BLOCK);
    const text = Buffer.concat([await readAt(path, start, position - start), rest]);
    position = start;
    let lineEnd = text.length;
    for (let at = text.lastIndexOf(LINE_END); at >= 0; at = at === 0 ? -1 : text.lastIndexOf(LINE_END, at - 1)) {
      if (isTornDropped) yield { start: position + at + 1, line: text.subarray(at + 1, lineEnd) };
      isTornDropped = true;
      lineEnd = at;
    }
    rest = text.subarray(0, lineEnd);
    if (rest.length <= MAX_LINE) continue;
    rest = Buffer.alloc(0);
    isTornDropped = false;
  }
  if (isTornDropped && rest.length > 0) yield { start: 0, line: rest };
}

/**
 * A position (bytes) behind the start of the last line that is `wanted`, at most about a block further. For files whose wanted lines
 * all come first; reads a few lines only, however large the file is.
 */
export async function endOfWanted(path: string, wanted: (line: Buffer) => boolean): Promise<number> {
  let low = 0;
  let high = (await stat(path)).size;
  while (high - low > BLOCK) {
    const probe = await lineAfter(path, Math.floor((low + high) / 2));
    if (!probe || probe.start >= high) break;
    if (wanted(probe.line)) low = probe.start;
    else high = probe.start;
  }
  return high;
}

/** The first whole line behind a position, with its own position; undefined if none is within one block. */
async function lineAfter(path: string, position: number): Promise<FoundLine | undefined> {
  const block = await readAt(path, position, BLOCK);
  const start = block.indexOf(LINE_END) + 1;
  const end = block.indexOf(LINE_END, start);
  return start === 0 || end < 0 ? undefined : { line: block.subarray(start, end), start: position + start };
}

/** How many bytes are behind the last line end of a file. */
export async function tornBytesOf(path: string): Promise<number> {
  const size = (await stat(path)).size;
  for (let position = size; position > 0; position -= BLOCK) {
    const start = Math.max(0, position - BLOCK);
    const at = (await readAt(path, start, position - start)).lastIndexOf(LINE_END);
    if (at >= 0) return size - (start + at + 1);
  }
  return size;
}

/** The bytes of a file from a position on; fewer than `length` at its end. */
export async function readAt(path: string, position: number, length: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
