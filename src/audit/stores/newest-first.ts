import type { StoredLine, TrailSlice } from '../audit-store';
import { startOfChain } from '../chain/chain';
import type { Subject } from './chain-index/index-entries';
import { compare, type IndexedFiles, type LocatedLine, linesOfChain, type SortKey } from './chain-lines';
import { listChains } from './trail-directory';

const POSITION = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)~(\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{16})~(\d{1,15})$/;
const DAY_LENGTH = '2026-01-01'.length;

export function isFilePosition(text: string): boolean {
  return POSITION.test(text);
}

/**
 * The lines of a directory, newest first. Reads backwards from the end of the slice: a chain is within one UTC day and its times
 * never go back, so whole days are skipped by name and the position within a file is found by bisection. Of chains with an index only
 * the lines about the tenant or target of the slice are read.
 */
export async function* newestFirst(files: IndexedFiles, slice: TrailSlice): AsyncGenerator<StoredLine> {
  const { from, to, before } = slice;
  const first = from === undefined ? '' : new Date(from).toISOString();
  const last = to === undefined ? undefined : new Date(to).toISOString();
  const limit = before === undefined ? undefined : sortKeyOf(before);
  const subject = subjectOf(slice);
  const isWanted = (sortKey: SortKey) =>
    (last === undefined || sortKey.time < last) && (limit === undefined || compare(sortKey, limit) < 0);

  for (const [day, chains] of byDay(await listChains(files.directory))) {
    if (day > dayOf(last ?? '9') || day > dayOf(limit?.time ?? '9')) continue;
    if (day < dayOf(first)) return;
    for await (const line of merge(chains.map((chain) => linesOfChain(files, chain, subject, isWanted)))) {
      if (line.sortKey.time < first) break;
      yield line;
    }
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

/** What can be looked up in the index of a chain; undefined if all lines of it have to be read. */
function subjectOf({ tenants = [], target }: TrailSlice): Subject | undefined {
  const [tenant, ...others] = tenants;
  if (tenant === undefined || others.length > 0) return undefined;
  return { tenant, ...(target !== undefined && { target }) };
}

function sortKeyOf(position: string): SortKey | undefined {
  const [, time, chain, seq] = POSITION.exec(position) ?? [];
  return time !== undefined && chain !== undefined ? { time, chain, seq: Number(seq) } : undefined;
}
