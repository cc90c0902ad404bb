import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../../audit-store';
import type { TrailKey } from '../../chain/chain';
import { chainFileOf, indexFileOf } from '../trail-directory';
import { ENTRY_LENGTH } from './index-entries';

const ENTRIES_OF_A_PAGE = 256;
const CONTENT_LENGTH = ENTRIES_OF_A_PAGE * ENTRY_LENGTH;
const MAC_LENGTH = 32;
const PAGE_LENGTH = CONTENT_LENGTH + MAC_LENGTH;
/** Of the end of a chain's file: as long as the hash of its last line. */
const END_LENGTH = 64;

/** An index that is torn, forged, of another key, or of another state of its chain. */
export class InvalidIndex extends Error {}

/** A state of a chain's file. The hash in its last line depends on all lines before. */
export interface ChainState {
  readonly chain: string;
  /** Of the file, in bytes. */
  readonly size: number;
  /** Its last bytes. */
  readonly end: Buffer;
}

export async function stateOf(directory: string, chain: string): Promise<ChainState> {
  return withFile(join(directory, chainFileOf(chain)), async (file) => {
    const { size } = await file.stat();
    return { chain, size, end: await readFrom(file, Math.max(0, size - END_LENGTH), END_LENGTH) };
  });
}

/** Cuts sorted entries into pages, each with an HMAC of the state of the chain, the number of entries, its own number and its content. */
export function* pagesOf(entries: Buffer, state: ChainState, key: TrailKey): Generator<Buffer> {
  const count = entries.length / ENTRY_LENGTH;
  for (let page = 0; page < pageCountOf(count); page += 1) {
    const content = entries.subarray(page * CONTENT_LENGTH, (page + 1) * CONTENT_LENGTH);
    yield Buffer.concat([content, macOf(content, page, count, state, key)]);
  }
}

/** The pages of the index of one chain. Only pages whose HMAC is right are returned; any other throws `InvalidIndex`. */
export class IndexPages {
  private constructor(
    private readonly path: string,
    private readonly state: ChainState,
    private readonly count: number,
    private readonly key: TrailKey,
  ) {}

  /** Undefined if there is no index. */
  static async open(directory: string, chain: string, key: TrailKey): Promise<IndexPages | undefined> {
    const path = join(directory, indexFileOf(chain));
    try {
      const size = await withIndex(path, async (file) => (await file.stat()).size);
      return new IndexPages(path, await stateOf(directory, chain), entryCountOf(size), key);
    } catch (error) {
      if (error instanceof InvalidIndex && reasonOf(error.cause) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** The number of pages: at least one, so that an index without entries proves that there are none. */
  get length(): number {
    return pageCountOf(this.count);
  }

  /** The entries of a page. */
  read(page: number): Promise<readonly Buffer[]> {
    return withIndex(this.path, (file) => this.#read(file, page));
  }

  /** The last page that begins before these bytes, or the first page. Reads a page a step of the bisection. */
  before(bound: Buffer): Promise<number> {
    return withIndex(this.path, async (file) => {
      let low = 0;
      let high = this.length;
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        const [first] = await this.#read(file, middle);
        if (first && first.compare(bound) < 0) low = middle;
        else high = middle;
      }
      return low;
    });
  }

  async #read(file: FileHandle, page: number): Promise<readonly Buffer[]> {
    const length = Math.min(ENTRIES_OF_A_PAGE, this.count - page * ENTRIES_OF_A_PAGE) * ENTRY_LENGTH;
    const bytes = await readFrom(file, page * PAGE_LENGTH, length + MAC_LENGTH);
    const content = bytes.subarray(0, length);
    if (!macOf(content, page, this.count, this.state, this.key).equals(bytes.subarray(length)))
      throw new InvalidIndex();
    const starts = Array.from({ length: length / ENTRY_LENGTH }, (_, index) => index * ENTRY_LENGTH);
    return starts.map((start) => content.subarray(start, start + ENTRY_LENGTH));
  }
}

const pageCountOf = (entries: number): number => Math.max(1, Math.ceil(entries / ENTRIES_OF_A_PAGE));

/** The number of entries in an index of this size; throws `InvalidIndex` if an index cannot have it. */
function entryCountOf(size: number): number {
  const count = (size - Math.ceil(size / PAGE_LENGTH) * MAC_LENGTH) / ENTRY_LENGTH;
  if (count < 0 || !Number.isInteger(count)) throw new InvalidIndex();
  return count;
}

function macOf(content: Buffer, page: number, count: number, { chain, size, end }: ChainState, key: TrailKey): Buffer {
  return key.indexMac('page', 'v1', chain, `${size}`, end, `${count}`, `${page}`, content);
}

/** An index that cannot be read is as wrong as any other. A pipe in its place would block without `O_NONBLOCK`. */
async function withIndex<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  try {
    return await withFile(path, work, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    throw cause instanceof InvalidIndex ? cause : new InvalidIndex('The index cannot be read', { cause });
  }
}

async function withFile<T>(
  path: string,
  work: (file: FileHandle) => Promise<T>,
  flags: number = constants.O_RDONLY,
): Promise<T> {
  const file = await open(path, flags);
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

async function readFrom(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
