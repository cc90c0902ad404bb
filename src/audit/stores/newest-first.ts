import { join } from 'node:path';
import { reasonOf, type StoredLine, type TrailSlice } from '../audit-store';
import { headOf, startOfChain } from '../chain/chain';
import { endOfWanted, linesBackwards } from './read-lines';
import { chainFileOf, listChains } from './trail-directory';

const POSITION = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)~(\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{16})~(\d{1,15})$/;
const DAY_LENGTH = '2026-01-01'.length;

/** Orders the lines of a trail: by time, then by chain, then by sequence. */
interface SortKey {
  readonly time: string;
  readonly chain: string;
  readonly seq: number;
}

interface LocatedLine extends StoredLine {
  readonly sortKey: SortKey;
}

export function isFilePosition(text: string): boolean {
  return POSITION.test(text);
}

/**
 * The lines of a directory, newest first. Reads backwards from the end of the slice: a chain is within one UTC day and its times
 * never go back, so whole days are skipped by name and the position within a file is found by bisection.
 */
export async function* newestFirst(directory: string, { from, to, before }: TrailSlice): AsyncGenerator<StoredLine> {
  const first = from === undefined ? '' : new Date(from).toISOString();
  const last = to === undefined ? undefined : new Date(to).toISOString();
  const limit = before === undefined ? undefined : sortKeyOf(before);
  const isWanted = (sortKey: SortKey) =>
    (last === undefined || sortKey.time < last) && (limit === undefined || compare(sortKey, limit) < 0);

  for (const [day, chains] of byDay(await listChains(directory))) {
    if (day > dayOf(last ?? '9') || day > dayOf(limit?.time ?? '9')) continue;
    if (day < dayOf(first)) return;
    for await (const line of merge(chains.map((chain) => linesOf(directory, chain, isWanted)))) {
      if (line.sortKey.time < first) break;
      yield line;
    }
  }
}

async function* linesOf(
  directory: string,
  chain: string,
  isWanted: (sortKey: SortKey) => boolean,
): AsyncGenerator<LocatedLine> {
  const path = join(directory, chainFileOf(chain));
  const keyOf = (line: Buffer): SortKey | undefined => {
    const head = headOf(line);
    return head && { ...head, chain };
  };
  try {
    const end = await endOfWanted(path, (line) => {
      const sortKey = keyOf(line);
      return sortKey !== undefined && isWanted(sortKey);
    });
    for await (const line of linesBackwards(path, end)) {
      const sortKey = keyOf(line);
      if (sortKey && isWanted(sortKey)) {
        yield { sortKey, position: `${sortKey.time}~${chain}~${sortKey.seq}`, text: line.toString() };
      }
    }
  } catch (error) {
    // Retention may remove a file between listing and reading.
    if (reasonOf(error) !== 'ENOENT') throw error;
  }
}

/** Several newest-first sequences as one. Chains of one day overlap if several processes share a directory. */
async function* merge(sources: readonly AsyncGenerator<LocatedLine>[]): AsyncGenerator<LocatedLine> {
  const heads = await Promise.all(sources.map(async (source) => ({ source, next: await source.next() })));
  for (;;) {
    let newest: { source: AsyncGenerator<LocatedLine>; next: IteratorResult<LocatedLine> } | undefined;
    for (const head of heads) {
      if (!head.next.done && (!newest || compare(head.next.value.sortKey, newest.next.value.sortKey) > 0))
        newest = head;
    }
    if (!newest) return;
    yield newest.next.value;
    newest.next = await newest.source.next();
  }
}

/** Groups chains by the day they began, the newest day first. */
function byDay(chains: readonly string[]): Map<string, string[]> {
  const days = new Map<string, string[]>();
  for (const chain of chains.toReversed()) {
    const day = dayOf(startOfChain(chain) ?? '');
    days.set(day, [...(days.get(day) ?? []), chain]);
  }
  return days;
}

const dayOf = (time: string): string => time.slice(0, DAY_LENGTH);

function sortKeyOf(position: string): SortKey | undefined {
  const [, time, chain, seq] = POSITION.exec(position) ?? [];
  return time !== undefined && chain !== undefined ? { time, chain, seq: Number(seq) } : undefined;
}

function compare(a: SortKey, b: SortKey): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  if (a.chain !== b.chain) return a.chain < b.chain ? -1 : 1;
  return a.seq - b.seq;
}
