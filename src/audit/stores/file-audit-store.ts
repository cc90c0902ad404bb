import { type FileHandle, lstat, open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../clock/clock';
import type { Logger } from '../../observability/logger';
import { AuditStore, reasonOf, type StoredLine, type TrailSlice } from '../audit-store';
import type { Chain, ChainPoint, TrailKey } from '../chain/chain';
import { Checkpoints } from '../chain/checkpoints';
import { ChainOpener } from './chain-opener';
import { isFilePosition, newestFirst } from './newest-first';
import { chainFileOf, openingFileOf, type TrailLocation } from './trail-directory';

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

const MAX_BYTES = 64 * 1024 * 1024;

interface OpenChain {
  readonly chain: Chain;
  readonly file: ChainFile;
  bytes: number;
}

/**
 * The trail as JSON lines in a directory. One file is one chain is one writer: a full file, a new UTC day, a failure and
 * a new process each open another, whose first line names the end of the last.
 */
export class FileAuditStore extends AuditStore {
  #current: OpenChain | undefined;
  /** The last line that is known to be on disk. */
  #durable: ChainPoint | undefined;

  /** `maxBytes`: when a file is full. */
  constructor(
    private readonly opener: ChainOpener,
    private readonly checkpoints: Checkpoints,
    private readonly maxBytes = MAX_BYTES,
  ) {
    super();
  }

  async append(bodies: readonly string[]): Promise<void> {
    if (this.#current && this.#isFull(this.#current)) await this.#sealCurrent(this.#current);
    const current = this.#current ?? (await this.#open());
    await this.#write(current, bodies.map((body) => current.chain.link(body)).join(''));
  }

  newestFirst(slice: TrailSlice): AsyncIterable<StoredLine> {
    return newestFirst(this.opener.location.directory, slice);
  }

  isPosition(text: string): boolean {
    return isFilePosition(text);
  }

  async seal(): Promise<void> {
    if (this.#current) await this.#sealCurrent(this.#current);
    await this.checkpoints.close();
  }

  async #open(): Promise<OpenChain> {
    const { chain, file, keptFrom } = await this.opener.open(this.#durable);
    const current = { chain, file, bytes: 0 };
    this.#current = current;
    this.#durable = chain.end;
    await this.opener.retention.remove(keptFrom, (body) => this.#write(current, chain.link(body)));
    return current;
  }

  async #sealCurrent(current: OpenChain): Promise<void> {
    await this.#write(current, current.chain.seal(), true);
    this.#current = undefined;
    await current.file.close();
  }

  #isFull({ chain, bytes }: OpenChain): boolean {
    return bytes >= this.maxBytes || chain.isOutdated;
  }

  /** Appends to the file, or closes it for good: after a failure its end is unknown. */
  async #write(current: OpenChain, text: string, isFinal = false): Promise<void> {
    try {
      await current.file.append(text);
    } catch (error) {
      this.#current = undefined;
      await current.file.close().catch(() => undefined);
      throw error;
    }
    current.bytes += Buffer.byteLength(text);
    this.#durable = current.chain.end;
    this.checkpoints.note(this.#durable, isFinal);
  }
}

interface FileAuditStoreDependencies {
  readonly key: TrailKey;
  readonly clock: Clock;
  readonly logger: Logger;
  /** When a file is full; default 64 MiB. */
  readonly maxBytes?: number;
  readonly create?: CreateChainFile;
}

/** Does not access the disk before the first batch. */
export function openFileStore(
  location: TrailLocation,
  { key, clock, logger, maxBytes, create }: FileAuditStoreDependencies,
): FileAuditStore {
  const checkpoints = new Checkpoints(location.checkpointDirectory, key, clock, logger);
  return new FileAuditStore(new ChainOpener(location, key, clock, logger, create), checkpoints, maxBytes);
}
