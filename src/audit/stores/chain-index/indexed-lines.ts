import { headOf, type TrailKey } from '../../chain/chain';
import { type FoundLine, readAt } from '../read-lines';
import { boundOf, digestOf, type Extent, extentOf, hasDigest, type Subject } from './index-entries';
import { IndexPages, InvalidIndex } from './index-pages';

const BLOCK = 64 * 1024;
const LINE_END = 0x0a;

/** The lines of one chain about one subject, found by its index. Reads throw `InvalidIndex` if that is wrong or does not fit the chain. */
export class IndexedLines {
  private constructor(
    private readonly pages: IndexPages,
    private readonly path: string,
    private readonly digest: Buffer,
  ) {}

  /** Undefined if the chain has no index. `path`: the file of the chain. */
  static async open(
    { directory, chain, path }: { readonly directory: string; readonly chain: string; readonly path: string },
    subject: Subject,
    key: TrailKey,
  ): Promise<IndexedLines | undefined> {
    const pages = await IndexPages.open(directory, chain, key);
    return pages && new IndexedLines(pages, path, digestOf(subject, key));
  }

  async hasAny(): Promise<boolean> {
    return !(await this.#extents(Number.MAX_SAFE_INTEGER).next()).done;
  }

  /** The lines that start in front of `end` (bytes), the last one first. Lines that are near each other are read at once. */
  async *before(end: number): AsyncGenerator<FoundLine> {
    for await (const extents of this.#extents(end)) {
      for (const group of neighbours(extents)) yield* await this.#read(group);
    }
  }

  /** By page of the index, the last line first. */
  async *#extents(end: number): AsyncGenerator<readonly Extent[]> {
    const bound = boundOf(this.digest, end);
    for (let page = await this.pages.before(bound); page < this.pages.length; page += 1) {
      const entries = (await this.pages.read(page)).filter((entry) => entry.compare(bound) >= 0);
      const found = entries.filter((entry) => hasDigest(entry, this.digest));
      if (found.length > 0) yield found.map(extentOf);
      if (found.length < entries.length) return;
    }
  }

  async #read(group: readonly Extent[]): Promise<readonly FoundLine[]> {
    const [first, last] = [group.at(-1), group[0]];
    if (!first || !last) return [];
    const bytes = await readAt(this.path, first.start, last.start + last.length + 1 - first.start);
    return group.map(({ start, length }) => {
      const at = start - first.start;
      const line = bytes.subarray(at, at + length);
      if (!headOf(line) || bytes[at + length] !== LINE_END) throw new InvalidIndex();
      return { start, line };
    });
  }
}

/** Groups extents, the last one first, that lie within one block. */
function* neighbours(extents: readonly Extent[]): Generator<readonly Extent[]> {
  let group: Extent[] = [];
  for (const extent of extents) {
    const [last] = group;
    if (last && last.start + last.length - extent.start > BLOCK) {
      yield group;
      group = [];
    }
    group.push(extent);
  }
  yield group;
}
