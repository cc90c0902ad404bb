import { AuditStore, type StoredLine, type TrailSlice } from '../audit-store';
import type { Chain, ChainPoint } from '../chain/chain';
import type { Checkpoints } from '../chain/checkpoints';
import type { ChainFile } from './chain-file';
import type { ChainOpener } from './chain-opener';
import { isFilePosition, newestFirst } from './newest-first';

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
