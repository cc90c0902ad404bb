import type { EventFilter } from '../../audit/query/event-filter';
import { AUDIT_ACTIONS, AUDIT_OUTCOMES } from '../../audit/record';
import { parseInstant } from '../../clock/instant';
import { invalidRequest } from '../../problems/problem';
import { parameterViolation, type Violation } from '../../problems/violation';

const NAMES = ['from', 'to', 'action', 'caller', 'target', 'outcome', 'limit', 'cursor'] as const;
export const DEFAULT_LIMIT = 50;
export const MAX_LIMIT = 500;
const BAD_DATE = 204;
const NOT_SUPPORTED = 206;
const OUT_OF_RANGE = 207;
const NOT_A_NUMBER = 210;

/** A query of the audit trail. */
interface EventsQuery {
  readonly filter: EventFilter;
  readonly limit: number;
  readonly cursor?: string;
}

/** The query of `GET /audit/events`. Throws `validation-failed` with all violations. */
export function eventsQuery(query: Readonly<Record<string, unknown>>): EventsQuery {
  const errors: Violation[] = Object.keys(query)
    .filter((name) => !NAMES.some((known) => known === name))
    .map((name) => parameterViolation(NOT_SUPPORTED, name, 'This parameter is not known.'));
  const read = <T>(name: (typeof NAMES)[number], parse: (text: string) => T | number): T | undefined => {
    const value = query[name];
    if (value === undefined) return undefined;
    const parsed = typeof value === 'string' && value !== '' ? parse(value) : NOT_SUPPORTED;
    if (typeof parsed !== 'number') return parsed;
    errors.push(parameterViolation(parsed, name));
    return undefined;
  };
  const time = (text: string) => {
    const instant = parseInstant(text);
    return instant === undefined ? BAD_DATE : { instant };
  };
  const asIs = (text: string) => text;
  const from = read('from', time)?.instant;
  const to = read('to', time)?.instant;
  const action = read('action', (text) => AUDIT_ACTIONS.find((known) => known === text) ?? NOT_SUPPORTED);
  const outcome = read('outcome', (text) => AUDIT_OUTCOMES.find((known) => known === text) ?? NOT_SUPPORTED);
  const caller = read('caller', asIs);
  const target = read('target', asIs);
  const cursor = read('cursor', asIs);
  const limit = read('limit', limitOf)?.limit ?? DEFAULT_LIMIT;
  if (errors.length > 0) throw invalidRequest(errors);
  return {
    filter: {
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(action !== undefined && { action }),
      ...(caller !== undefined && { caller }),
      ...(target !== undefined && { target }),
      ...(outcome !== undefined && { outcome }),
    },
    limit,
    ...(cursor !== undefined && { cursor }),
  };
}

function limitOf(text: string): { readonly limit: number } | number {
  if (!/^\d{1,15}$/.test(text)) return NOT_A_NUMBER;
  const limit = Number(text);
  return limit >= 1 && limit <= MAX_LIMIT ? { limit } : OUT_OF_RANGE;
}
