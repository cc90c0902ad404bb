import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { chainFileOf, openingFileOf } from './trail-directory';

/** A file that one writer appends to. */
export interface ChainFile {
  /** Resolves when the text is durable. After a rejection the end of the file is unknown: close it and open another. */
  append(text: string): Promise<void>;
  close(): Promise<void>;
}

export type CreateChainFile = (directory: string, chain: string, firstLine: string) => Promise<ChainFile>;

/** Makes the file of a chain, readable by its owner only. It is not there before its first line is durable. */
export async function createChainFile(directory: string, chain: string, firstLine: string): Promise<ChainFile> {
  const opening = join(directory, openingFileOf(chain));
  const handle = await open(opening, 'ax', 0o600);
  try {
    await handle.appendFile(firstLine);
    await handle.datasync();
    await rename(opening, join(directory, chainFileOf(chain)));
    await syncDirectory(directory);
    return new OpenChainFile(handle);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await unlink(opening).catch(() => undefined);
    throw error;
  }
}

class OpenChainFile implements ChainFile {
  constructor(private readonly handle: FileHandle) {}

  async append(text: string): Promise<void> {
    await this.handle.appendFile(text);
    await this.handle.datasync();
    // A file that was removed still takes lines, but keeps none.
    if ((await this.handle.stat()).nlink === 0) throw new Error('The file of the chain was removed');
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

/** Makes a new name durable, not only the bytes behind it. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
