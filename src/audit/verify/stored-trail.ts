import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { firstLineOf } from '../stores/read-lines';
import { chainFileOf, chainOfFile, listFiles } from '../stores/trail-directory';

const BLOCK = 1024 * 1024;

/** What a trail contains. */
export interface TrailContent {
  /** The names of chains, oldest start first. */
  readonly chains: readonly string[];
  /** Things that have the name of a chain and cannot be read as one. */
  readonly replaced: readonly string[];
  /** Names of other things, which may show what became of a missing chain. */
  readonly others: readonly string[];
}

/** A trail as the verifier reads it, wherever it is. */
export interface StoredTrail {
  content(): Promise<TrailContent>;
  /** The first line of a chain without its line end; empty if it has none. */
  firstLine(chain: string): Promise<Buffer>;
  /** The lines of a chain in their order, each with its line end, in blocks of any size. */
  read(chain: string): AsyncIterable<Buffer>;
  /** In bytes. */
  sizeOf(chain: string): Promise<number>;
}

/** A trail in files. */
export class TrailFiles implements StoredTrail {
  constructor(private readonly directory: string) {}

  async content(): Promise<TrailContent> {
    const { files, others } = await listFiles(this.directory);
    return { chains: chainsOf(files), replaced: chainsOf(others), others: files };
  }

  firstLine(chain: string): Promise<Buffer> {
    return firstLineOf(this.#pathOf(chain));
  }

  read(chain: string): AsyncIterable<Buffer> {
    return createReadStream(this.#pathOf(chain), { highWaterMark: BLOCK });
  }

  async sizeOf(chain: string): Promise<number> {
    return (await stat(this.#pathOf(chain))).size;
  }

  #pathOf(chain: string): string {
    return join(this.directory, chainFileOf(chain));
  }
}

const chainsOf = (names: readonly string[]): string[] => names.flatMap((name) => chainOfFile(name) ?? []);
