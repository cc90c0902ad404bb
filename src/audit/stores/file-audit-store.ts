import { type FileHandle, lstat, open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../clock/clock';
import type { Logger } from '../../observability/log/logger';
import { AuditStore, reasonOf, type StoredLine, type TrailSlice } from '../audit-store';
import { type Chain, type ChainPoint, Chains, type TrailKey } from '../chain/chain';
import { Checkpoints } from '../chain/checkpoints';
import type { ChainEnd } from '../chain/opening';
import { Indexer } from './chain-index/indexer';
import type { IndexedFiles } from './chain-lines';
import { isFilePosition, newestFirst } from './newest-first';
import { Retention, type TrailTime } from './retention';
import { chainFileOf, makePrivateDirectory, openingFileOf, type TrailLocation } from './trail-directory';
import { endOfChain, lastChainOf, trailTimeOf } from './trail-end';

/** Few enough lines that a query reads those of the open chain, which has no index, in one page. */
const MAX_BYTES = 8 * 1024 * 1024;

interface FileAuditStoreDependencies {
  readonly key: TrailKey;
  readonly clock: Clock;
  readonly logger: Logger;
  /** When a file is full; default 8 MiB. */
  readonly maxBytes?: number;
  readonly create?: CreateChainFile;
  /** Whether other replicas write trails of their own. */
  readonly isOneOfSeveral?: boolean;
}

interface OpenChain {
  readonly chain: Chain;
  readonly file: ChainFile;
  bytes: number;
}

/** A file that one writer appends to. */
export interface ChainFile {
  /** Resolves when the text is durable. After a rejection the end of the file is unknown: close it and open another. */
  append(text: string): Promise<void>;
  close(): Promise<void>;
}

export type CreateChainFile = (directory: string, chain: string, firstLine: string) => Promise<ChainFile>;

/**
 * The trail as JSON lines in a directory. Each file has one chain, written by one process. A full file, a new UTC day, a
 * failure and a new process each open another, whose first line names the end of the last.
 */
export class FileAuditStore extends AuditStore {
  override readonly scope?: 'this replica';
  readonly #chains: Chains;
  readonly #checkpoints: Checkpoints;
  readonly #retention: Retention;
  readonly #indexer: Indexer;
  readonly #files: IndexedFiles;
  readonly #maxBytes: number;
  readonly #create: CreateChainFile;
  #current: OpenChain | undefined;
  /** The chain of this process that was opened last. */
  #last: Chain | undefined;
  /** The last line of this process that is known to be on disk. */
  #durable: ChainPoint | undefined;

  /** Does not access the disk before the first batch. */
  constructor(
    private readonly location: TrailLocation,
    {
      key,
      clock,
      logger,
      maxBytes = MAX_BYTES,
      create = createChainFile,
      isOneOfSeveral = false,
    }: FileAuditStoreDependencies,
  ) {
    super();
    this.#chains = new Chains(key, clock);
    this.#checkpoints = new Checkpoints(location.checkpointDirectory, key, clock, logger);
    this.#retention = new Retention(location, clock, logger);
    const { directory } = location;
    const indexer = new Indexer(directory, key, logger);
    this.#indexer = indexer;
    this.#files = { directory, index: { key, onNoIndex: (chain) => indexer.add(chain) } };
    if (isOneOfSeveral) this.scope = 'this replica';
    this.#maxBytes = maxBytes;
    this.#create = create;
  }

  async append(bodies: readonly string[]): Promise<void> {
    const isFull = this.#current && (this.#current.bytes >= this.#maxBytes || this.#current.chain.isOutdated);
    if (this.#current && isFull) await this.#sealCurrent(this.#current);
    const current = this.#current ?? (await this.#open());
    await this.#write(current, bodies.map((body) => current.chain.link(body)).join(''));
  }

  newestFirst(slice: TrailSlice): AsyncIterable<StoredLine> {
    return newestFirst(this.#files, slice);
  }

  isPosition(text: string): boolean {
    return isFilePosition(text);
  }

  /** Resolves when every sealed chain has its index, or its index failed. */
  indexed(): Promise<void> {
    return this.#indexer.idle();
  }

  async seal(): Promise<void> {
    if (this.#current) await this.#sealCurrent(this.#current);
    await this.#indexer.close();
    await this.#checkpoints.close();
  }

  async #open(): Promise<OpenChain> {
    const { directory } = this.location;
    await makePrivateDirectory(directory);
    const { after, time } = await this.#endOfLast();
    const chain = this.#chains.next();
    const kept = this.#retention.next(time);
    const file = await this.#create(directory, chain.id, chain.open({ after, ...kept }));
    const current = { chain, file, bytes: 0 };
    this.#last = chain;
    this.#current = current;
    this.#durable = chain.end;
    this.#indexer.start(chain.id);
    await this.#retention.remove(kept.keptFrom, (body) => this.#write(current, chain.link(body)));
    return current;
  }

  /** The end of the chain before, as found on disk, or as this process wrote it if that was later; and its time. */
  async #endOfLast(): Promise<{ readonly after: ChainEnd | null; readonly time: TrailTime | undefined }> {
    const { directory } = this.location;
    const durable = this.#durable;
    const chain = durable?.chain ?? (await lastChainOf(directory));
    const found = chain === undefined ? null : await endOfChain(directory, chain);
    const ownTime = this.#last && this.#retention.timeAt(this.#last.time);
    const time = ownTime ?? (found ? await trailTimeOf(directory, found.chain, found.time) : undefined);
    if (durable && durable.seq > (found?.seq ?? -1)) return { after: { ...durable, torn: 0 }, time };
    if (!found) return { after: null, time };
    const { seq, hash, torn } = found;
    return { after: { chain: found.chain, seq, hash, torn }, time };
  }

  async #sealCurrent(current: OpenChain): Promise<void> {
    await this.#write(current, current.chain.seal(), true);
    this.#current = undefined;
    await current.file.close();
    this.#indexer.add(current.chain.id);
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
    this.#checkpoints.note(this.#durable, isFinal);
  }
}

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

class OpenChainFile implements ChainFile {
  constructor(
    private readonly handle: FileHandle,
    private readonly path: string,
    private readonly identity: { readonly dev: number; readonly ino: number; size: number },
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
