import { headOf } from '../chain/chain';
import { readEvent } from '../query/read-event';

/** A line as it is stored. The columns beside the line repeat what it says, for the indexes. */
export interface TrailRow {
  /** RFC 3339 with milliseconds, UTC. */
  readonly storedAt: string;
  readonly chain: string;
  readonly seq: number;
  readonly tenant: string | null;
  readonly target: string | null;
  /** Of an intent its id, of an outcome the id of its intent. */
  readonly intent: string | null;
  readonly intentState: 'open' | 'unknown' | 'closed' | null;
  readonly line: string;
}

/** The row of a line of a chain; undefined if Stagedoor did not write the line. */
export function rowOf(chain: string, line: string): TrailRow | undefined {
  const head = headOf(Buffer.from(line));
  if (!head) return undefined;
  const event = readEvent(line);
  return {
    ...{ storedAt: head.time, chain, seq: head.seq },
    tenant: columnText(event?.tenant),
    target: columnText(event?.target?.id),
    ...intentOf(event),
    line,
  };
}

function intentOf(event: ReturnType<typeof readEvent>): Pick<TrailRow, 'intent' | 'intentState'> {
  if (event?.phase === 'intent') return { intent: columnText(event.id), intentState: 'open' };
  if (event?.phase !== 'outcome' || event.intentId === undefined) return { intent: null, intentState: null };
  const intentState = event.outcome === undefined || event.outcome === 'unknown' ? 'unknown' : 'closed';
  return { intent: columnText(event.intentId), intentState };
}

/** A text as a column has it: PostgreSQL stores neither a NUL, which JSON escapes, nor half of a surrogate pair. */
export function columnText(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : Buffer.from(text.replaceAll('\0', '\ufffd')).toString();
}
