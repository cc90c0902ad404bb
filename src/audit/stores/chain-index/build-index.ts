import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTick } from 'node:timers/promises';
import { headOf, type TrailKey } from '../../chain/chain';
import { readEvent } from '../../query/read-event';
import { linesBackwards } from '../read-lines';
import { chainFileOf, indexFileOf, unfinishedIndexOf } from '../trail-directory';
import { digestOf, ENTRY_LENGTH, MAX_INDEXED_BYTES, writeEntry } from './index-entries';
import { pagesOf, stateOf } from './index-pages';

const BUCKETS = 256;
const LINES_OF_A_SLICE = 25;
/** The digests of tenants that are kept while a chain is read. */
const MAX_KEPT_DIGESTS = 10_000;

/**
 * Writes the index of a chain, in slices between which requests are served. The index gets its name when it is durable. Makes none for a
 * file that no writer of a trail could have made.
 */
export async function buildIndex(directory: string, chain: string, key: TrailKey, signal: AbortSignal): Promise<void> {
  const state = await stateOf(directory, chain);
  if (state.size > MAX_INDEXED_BYTES) return;
  const entries = await sorted(await bucketsOf(join(directory, chainFileOf(chain)), state.size, key, signal), signal);
  const path = join(directory, indexFileOf(chain));
  const unfinished = join(directory, unfinishedIndexOf(chain));
  await rm(unfinished, { force: true });
  const file = await open(unfinished, 'wx', 0o600);
  try {
    for (const page of pagesOf(entries, state, key)) {
      signal.throwIfAborted();
      await file.appendFile(page);
    }
    await file.datasync();
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** By digest: start and length of each line, the last line of the chain first. */
type Bucket = Map<string, number[]>;

/** Reads the lines as a query does, so that the index has every line that a query would return. */
async function bucketsOf(path: string, size: number, key: TrailKey, signal: AbortSignal): Promise<readonly Bucket[]> {
  const buckets: readonly Bucket[] = Array.from({ length: BUCKETS }, () => new Map());
  const digests = new Map<string, Buffer>();
  const add = (digest: Buffer, start: number, length: number): void => {
    const bucket = buckets[digest[0] ?? 0];
    const name = digest.toString('latin1');
    const known = bucket?.get(name);
    if (known) known.push(start, length);
    else bucket?.set(name, [start, length]);
  };
  let read = 0;
  for await (const { start, line } of linesBackwards(path, size)) {
    read += 1;
    if (read % LINES_OF_A_SLICE === 0) await nextTick(undefined, { signal });
    const event = headOf(line) && readEvent(line.toString());
    if (!event || event.tenant === null) continue;
    const { tenant } = event;
    const digest = digests.get(tenant) ?? digestOf({ tenant }, key);
    if (digests.size < MAX_KEPT_DIGESTS) digests.set(tenant, digest);
    add(digest, start, line.length);
    const target = event.target?.id;
    if (target !== undefined) add(digestOf({ tenant, target }, key), start, line.length);
  }
  return buckets;
}

/** A bucket at a time, as sorting all digests of a chain at once would take too long. */
async function sorted(buckets: readonly Bucket[], signal: AbortSignal): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const bucket of buckets) {
    const names = [...bucket.keys()].sort((a, b) => (a < b ? -1 : 1));
    for (const name of names) parts.push(entriesOf(Buffer.from(name, 'latin1'), bucket.get(name) ?? []));
    await nextTick(undefined, { signal });
  }
  return Buffer.concat(parts);
}

function entriesOf(digest: Buffer, extents: readonly number[]): Buffer {
  const entries = Buffer.allocUnsafe((extents.length / 2) * ENTRY_LENGTH);
  for (let at = 0; at < entries.length; at += ENTRY_LENGTH) {
    const [start = 0, length = 0] = extents.slice((at / ENTRY_LENGTH) * 2, (at / ENTRY_LENGTH) * 2 + 2);
    writeEntry(entries, at, digest, { start, length });
  }
  return entries;
}
