import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Clock } from '../../clock/clock';
import type { Caller } from '../../context/caller';
import { type CallerContext, Deadline, RequestStats } from '../../context/request-context';
import type { RequestOrigin, Tenant } from '../../context/tenant';
import { invalidRequest } from '../../problems/problem';
import { parameterViolation } from '../../problems/violation';
import { MASK } from '../../secrets/secret';

export const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;
/** `max` is the longest deadline that can be configured, so that it never shortens one. */
export const TIMEOUT_MS = { min: 100, max: 300_000 };
export const MAX_ON_BEHALF_OF = 255;
/** In characters; fewer of a key reveal nothing. */
const REVEALING_LENGTH = 8;
const BLOCK = 4;

/** The caller's `X-Request-Id` if it is valid and shows no part of its key, or else a new id. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const sent = headers['x-request-id'];
  return typeof sent === 'string' && REQUEST_ID.test(sent) && !showsCredential(sent, headers) ? sent : randomUUID();
}

/**
 * Whether a text that is recorded and sent to Hubster contains a revealing part of the credential of its own request (N1). It is not compared
 * with other secrets here, as the response would reveal which exist. The trail and calls to Hubster redact those.
 */
export function showsCredential(
  text: string,
  { authorization = '', 'x-api-key': key = '' }: IncomingHttpHeaders,
): boolean {
  return sharesPart(text, authorization.replace(/^\S+ +/, '')) || sharesPart(text, String(key));
}

/** Whether both contain the same eight characters. Such a part contains a block of four that begins at a multiple of four in the text. */
function sharesPart(text: string, credential: string): boolean {
  for (let at = 0; at + BLOCK <= text.length; at += BLOCK) {
    if (credential.includes(text.slice(at, at + BLOCK))) return sharesRevealingPart(text, credential);
  }
  return false;
}

function sharesRevealingPart(text: string, credential: string): boolean {
  const parts = new Set<string>();
  for (let at = 0; at + REVEALING_LENGTH <= text.length; at += 1) parts.add(text.slice(at, at + REVEALING_LENGTH));
  for (let at = 0; at + REVEALING_LENGTH <= credential.length; at += 1) {
    if (parts.has(credential.slice(at, at + REVEALING_LENGTH))) return true;
  }
  return false;
}

/** Whether `requestIdOf` generated the id. */
export function isOwnId({ headers }: IncomingMessage, requestId: string): boolean {
  return headers['x-request-id'] !== requestId;
}

/** How long the caller waits at the most, in milliseconds; `X-Request-Timeout-Ms` only lowers it. */
export function timeoutOf({ headers }: IncomingMessage): number {
  const sent = headers['x-request-timeout-ms'];
  if (sent === undefined) return TIMEOUT_MS.max;
  const timeout = typeof sent === 'string' && /^\d{1,9}$/.test(sent) ? Number(sent) : Number.NaN;
  if (timeout >= TIMEOUT_MS.min && timeout <= TIMEOUT_MS.max) return timeout;
  throw invalidRequest([
    parameterViolation(
      207,
      'X-Request-Timeout-Ms',
      `Whole milliseconds from ${TIMEOUT_MS.min} to ${TIMEOUT_MS.max} are expected.`,
    ),
  ]);
}

/** The person that the caller acts for: recorded only. */
export function onBehalfOf({ headers }: IncomingMessage): string | undefined {
  const sent = headers['x-on-behalf-of'];
  if (typeof sent !== 'string' || sent === '') return undefined;
  const onBehalfOf = sent.slice(0, MAX_ON_BEHALF_OF);
  return showsCredential(onBehalfOf, headers) ? MASK : onBehalfOf;
}

/** The context of an authorised request, for all modules. Throws `validation-failed` for an invalid timeout. */
export function requestContext<T extends Tenant | undefined>(
  request: IncomingMessage,
  { address, requestId, trace, span }: RequestOrigin & Pick<CallerContext, 'trace' | 'span'>,
  { caller, tenant }: { readonly caller: Caller; readonly tenant: T },
  clock: Clock,
): CallerContext & { readonly tenant: T } {
  return {
    requestId,
    trace,
    span,
    caller,
    tenant,
    address,
    onBehalfOf: onBehalfOf(request),
    deadline: Deadline.after(clock, timeoutOf(request)),
    stats: new RequestStats(),
  };
}
