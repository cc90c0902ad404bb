import type { IncomingMessage } from 'node:http';
import type { TraceContext } from '../../context/span';
import { showsCredential } from './headers';

/** Version `ff` and ids of zeros are invalid. */
export const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;
/** Members `key=value` of printable ASCII, separated by commas. */
const TRACESTATE = /^[a-z0-9][-_*/@a-z0-9]{0,240}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{1,256}$/;
const TRACESTATE_LIMITS = { members: 32, characters: 512 };
const SAMPLED = 1;

/**
 * The caller's place in its trace; undefined without a valid `traceparent`, or if it shows a part of the request's credential. An invalid
 * `tracestate` is left out.
 */
export function traceContextOf({ headers }: IncomingMessage): TraceContext | undefined {
  const { traceparent, tracestate } = headers;
  const [, traceId = '', parentId = '', flags = ''] =
    (typeof traceparent === 'string' && TRACEPARENT.exec(traceparent)) || [];
  if (traceId === '' || showsCredential(`${traceId}-${parentId}`, headers)) return undefined;
  const isSampled = (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED;
  const place = { traceId, parentId, isSampled };
  if (typeof tracestate !== 'string' || showsCredential(tracestate, headers)) return place;
  const members = membersOf(tracestate);
  return members === undefined ? place : { ...place, tracestate: members };
}

/** The members without the empty ones; undefined if there is none, or the header is invalid (W3C Trace Context, 3.3). */
function membersOf(tracestate: string): string | undefined {
  if (tracestate.length > TRACESTATE_LIMITS.characters) return undefined;
  const members = tracestate
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
  const isValid = members.length > 0 && members.length <= TRACESTATE_LIMITS.members;
  return isValid && members.every((member) => TRACESTATE.test(member)) ? members.join(',') : undefined;
}
