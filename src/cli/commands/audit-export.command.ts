import { reasonOf, type StoredLine, type TrailSlice } from '../../audit/audit-store';
import { type EventFilter, eventMatcher } from '../../audit/query/event-filter';
import { newestFirst } from '../../audit/stores/newest-first';
import { EXIT_STATUS } from '../../audit/verify/verification';
import { parseInstant } from '../../clock/instant';
import { writeJson } from '../../json/json-value';
import { CommandFailure, EXIT_USAGE } from '../failure';
import { print } from '../terminal';
import { type TrailSource, trailSource } from '../trail-source';

const EXIT_FAILED = 1;
/** In characters: events are joined to texts of about this size, so that few system calls write them. */
const CHUNK_LENGTH = 64 * 1024;

/** Which events: of one tenant, from a time on, before a time. Times as text. */
interface ExportOptions {
  readonly tenant?: string;
  readonly from?: string;
  readonly to?: string;
}

interface Trail {
  newestFirst(slice: TrailSlice): AsyncIterable<StoredLine>;
  close(): Promise<void>;
}

/** Writes the events of a trail, as fast as they are read, until the reader has gone. */
export async function exportEvents(place: string | undefined, { tenant, from, to }: ExportOptions): Promise<number> {
  const filter = {
    ...(tenant !== undefined && { tenant }),
    ...(from !== undefined && { from: instantOf('--from', from) }),
    ...(to !== undefined && { to: instantOf('--to', to) }),
  };
  const trail = await open(trailSource(place));
  try {
    if (!(await hasLine(trail))) {
      throw new CommandFailure(EXIT_STATUS['no-trail'], 'There is no audit trail in this place.');
    }
    for await (const events of chunksOf(trail, filter)) if (!(await print(events))) return 0;
    return 0;
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(EXIT_FAILED, `Cannot read the trail: ${reasonOf(error)}`);
  } finally {
    await trail.close();
  }
}

async function* chunksOf(trail: Trail, filter: EventFilter & { readonly tenant?: string }): AsyncGenerator<string> {
  const { tenant, from, to } = filter;
  const slice = {
    ...(tenant !== undefined && { tenants: [tenant] }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
  const eventIn = eventMatcher(filter);
  let chunk = '';
  for await (const { text } of trail.newestFirst(slice)) {
    const event = eventIn(text);
    if (event) chunk += `${writeJson(event)}\n`;
    if (chunk.length < CHUNK_LENGTH) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

async function open(source: TrailSource): Promise<Trail> {
  if ('directory' in source) {
    return { newestFirst: (slice) => newestFirst(source, slice), close: async () => undefined };
  }
  const [{ newestRows }, { TrailDatabase }] = await Promise.all([
    import('../../audit/postgres/newest-rows.js'),
    import('../../audit/postgres/trail-database.js'),
  ]);
  const database = new TrailDatabase(source.database);
  return { newestFirst: (slice) => newestRows(database, slice), close: () => database.close() };
}

async function hasLine(trail: Trail): Promise<boolean> {
  for await (const _ of trail.newestFirst({})) return true;
  return false;
}

function instantOf(option: string, text: string): number {
  const instant = parseInstant(text);
  if (instant !== undefined) return instant;
  throw new CommandFailure(EXIT_USAGE, `${option}: expected a time as in RFC 3339, such as 2026-11-01T00:00:00Z.`);
}
