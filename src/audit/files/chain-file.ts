import { type FileHandle, lstat, open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../reason';
import { chainFileOf, openingFileOf } from './trail-directory';

/** A file that one writer appends to. */
export interface ChainFile {
  /** Resolves when the text is durable. After a rejection the end of the file is unknown: close it and open another. */
  append(text: string): Promise<void>;
  close(): Promise<void>;
}

export type CreateChainFile = (directory: string, chain: string, firstLine: string) => Promise<ChainFile>;

/** Makes the file of a chain, readable by its owner only. It exists under its name only when its first line is durable. */
export async function createChainFile(directory: string, chain: string, firstLine: string): Promise<ChainFile> {
  const opening = join(directory, openingFileOf(chain));
  const path = join(directory, chainFileOf(chain));
  const handle = await open(opening, 'ax', 0o600);
  try {
    await handle.appendFile(firstLine);
    await handle.datasync();
    await rename(opening, path);
    await syncDirectory(directory);
    const { dev, ino, size } = await handle.stat();
    return new OpenChainFile(handle, path, { dev, ino, size });
  } catch (error) {
    await handle.close().catch(() => undefined);
    await unlink(opening).catch(() => undefined);
    throw error;
  }
}

interface FileIdentity {
  readonly dev: number;
  readonly ino: number;
  size: number;
}

class OpenChainFile implements ChainFile {
  constructor(
    private readonly handle: FileHandle,
    private readonly path: string,
    private readonly identity: FileIdentity,
  ) {}

  /** A file that was moved or removed still takes lines, but no reader finds them, so the path is checked before and after. */
  async append(text: string): Promise<void> {
    await this.#checkLocation();
    await this.handle.appendFile(text);
    await this.handle.datasync();
    this.identity.size += Buffer.byteLength(text);
    await this.#checkLocation();
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  /** Throws if the path leads to another file now, or if another process has written to the file or cut it. */
  async #checkLocation(): Promise<void> {
    const found = await lstat(this.path).catch((error: unknown) => {
      if (['ENOENT', 'ENOTDIR'].includes(reasonOf(error))) return undefined;
      throw error;
    });
    const { dev, ino, size } = this.identity;
    if (found?.dev !== dev || found.ino !== ino)
      throw failure('file-moved', 'The file of the chain was moved or removed');
    if (found.size !== size) throw failure('file-changed', 'The file of the chain was written by somebody else');
  }
}

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

/** Makes a new name durable, not only the content of the file. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
