import { open } from 'node:fs/promises';

const MAX_LENGTH = 4096;

/** The first line of a file without its line end; empty if no line ends within 4 KiB. */
export async function firstLineOf(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_LENGTH), 0, MAX_LENGTH, 0);
    const text = buffer.subarray(0, bytesRead);
    return text.subarray(0, Math.max(0, text.indexOf('\n')));
  } finally {
    await file.close();
  }
}
