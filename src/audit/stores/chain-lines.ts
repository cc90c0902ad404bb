import { join } from 'node:path';
import { reasonOf, type StoredLine } from '../audit-store';
import { headOf, type TrailKey } from '../chain/chain';
import type { Subject } from './chain-index/index-entries';
import { InvalidIndex } from './chain-index/index-pages';
import { IndexedLines } from './chain-index/indexed-lines';
import { endOfWanted, type FoundLine, firstLineOf, linesBackwards } from './read-lines';
import { chainFileOf } from './trail-directory';

/** What looking into an index costs: about as much as reading so many lines. */
const COST_OF_AN_INDEX = 50;

/** Orders the lines of a trail: by time, then by chain, then by sequence. */
export interface SortKey {
  readonly time: string;
  readonly chain: string;
  readonly seq: number;
}

export interface LocatedLine extends StoredLine {
  readonly sortKey: SortKey;
}

export interface IndexedFiles {
  readonly directory: string;
  /** Absent: whole chains are read, as nobody can check an index without the key. */
  readonly index?: {
    readonly key: TrailKey;
    /** Called with a chain without an index that fits. */
    readonly onNoIndex: (chain: string) => void;
  };
}

/**
 * The wanted lines of a chain, the last one first. If the chain has an index, only those about the subject are read, and the first line, so
 * that a reader of many chains gets a position to continue at. Where the index proves to be wrong, the lines left are read without it.
 */
export async function* linesOfChain(
  { directory, index: indexes }: IndexedFiles,
  chain: string,
  subject: Subject | undefined,
  isWanted: (sortKey: SortKey) => boolean,
): AsyncGenerator<LocatedLine> {
  const file = new ChainLines(chain, join(directory, chainFileOf(chain)));
  let last: SortKey | undefined;
  try {
    try {
      const index =
        subject && indexes && (await IndexedLines.open({ directory, chain, path: file.path }, subject, indexes.key));
      if (index) {
        if (await index.hasAny()) {
          for await (const line of file.located(index.before(await file.endOf(isWanted)), isWanted)) {
            last = line.sortKey;
            yield line;
          }
        }
        const first = file.locate(await firstLineOf(file.path));
        if (first && isWanted(first.sortKey)) yield { ...first, cost: COST_OF_AN_INDEX };
        return;
      }
    } catch (error) {
      if (!(error instanceof InvalidIndex)) throw error;
    }
    if (subject) indexes?.onNoIndex(chain);
    const isLeft = (sortKey: SortKey) => isWanted(sortKey) && (last === undefined || compare(sortKey, last) < 0);
    yield* file.located(linesBackwards(file.path, await file.endOf(isLeft)), isLeft);
  } catch (error) {
    // Retention may remove a file between listing and reading.
    if (reasonOf(error) !== 'ENOENT') throw error;
  }
}

export function compare(a: SortKey, b: SortKey): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  if (a.chain !== b.chain) return a.chain < b.chain ? -1 : 1;
  return a.seq - b.seq;
}

class ChainLines {
  constructor(
    private readonly chain: string,
    readonly path: string,
  ) {}

  /** Undefined if Stagedoor did not write the line. */
  locate(line: Buffer): LocatedLine | undefined {
    const head = headOf(line);
    if (!head) return undefined;
    const { time, seq } = head;
    return { sortKey: { ...head, chain: this.chain }, position: `${time}~${this.chain}~${seq}`, text: line.toString() };
  }

  /** A position (bytes) behind the start of the last wanted line. */
  endOf(isWanted: (sortKey: SortKey) => boolean): Promise<number> {
    return endOfWanted(this.path, (line) => {
      const head = headOf(line);
      return head !== undefined && isWanted({ ...head, chain: this.chain });
    });
  }

  async *located(
    lines: AsyncIterable<FoundLine>,
    isWanted: (sortKey: SortKey) => boolean,
  ): AsyncGenerator<LocatedLine> {
    for await (const { line } of lines) {
      const found = this.locate(line);
      if (found && isWanted(found.sortKey)) yield found;
    }
  }
}
