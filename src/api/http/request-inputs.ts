import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Admission } from '../../access/access';
import type { Clock } from '../../clock/clock';
import { Deadline } from '../../context/deadline';
import type { RequestContext } from '../../context/request-context';
import { RequestTally } from '../../context/request-tally';
import { parameterError } from '../../problems/field-error';
import { invalidRequest } from '../../problems/invalid-request';
import { MASK } from '../../secrets/secret';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;
/** Version `ff` and ids of zeros are invalid. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
/** Up to the longest deadline that can be configured, so that it never ends what has more time. */
const TIMEOUT_MS = { min: 100, max: 300_000 };
const MAX_ON_BEHALF_OF = 255;
/** Fewer characters of a key tell nothing. */
const TELLING_LENGTH = 8;

/** The caller's `X-Request-Id` where it is one and tells nothing of its key, else a new id. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const sent = headers['x-request-id'];
  return typeof sent === 'string' && REQUEST_ID.test(sent) && !showsCredential(sent, headers) ? sent : randomUUID();
}

/**
 * Whether a text that is recorded and handed on holds the credential of its own request, or a good part of it (N1). It is not
 * compared with other secrets that are known here: the answer would tell a stranger what is one.
 */
function showsCredential(text: string, { authorization = '', 'x-api-key': key = '' }: IncomingHttpHeaders): boolean {
  const shows = (credential: string) =>
    credential.length >= TELLING_LENGTH &&
    (text.includes(credential) || (text.length >= TELLING_LENGTH && credential.includes(text)));
  return shows(authorization.replace(/^\S+ +/, '')) || shows(String(key));
}

/** Whether `requestIdOf` made the id. */
export function isOwnId({ headers }: IncomingMessage, requestId: string): boolean {
  return headers['x-request-id'] !== requestId;
}

/** The trace that the request belongs to (W3C Trace Context). */
export function traceIdOf({ headers }: IncomingMessage): string | undefined {
  const { traceparent } = headers;
  return typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.[1] : undefined;
}

/** Milliseconds that the caller waits at the most; `X-Request-Timeout-Ms` only lowers it. */
export function timeoutOf({ headers }: IncomingMessage): number {
  const sent = headers['x-request-timeout-ms'];
  if (sent === undefined) return TIMEOUT_MS.max;
  const timeout = typeof sent === 'string' && /^\d{1,9}$/.test(sent) ? Number(sent) : Number.NaN;
  if (timeout >= TIMEOUT_MS.min && timeout <= TIMEOUT_MS.max) return timeout;
  throw invalidRequest([
    parameterError(
      207,
      'X-Request-Timeout-Ms',
      `Whole milliseconds from ${TIMEOUT_MS.min} to ${TIMEOUT_MS.max} are expected.`,
    ),
  ]);
}

/** For whom a gateway says it acts: recorded, decides nothing. */
export function onBehalfOf({ headers }: IncomingMessage): string | undefined {
  const sent = headers['x-on-behalf-of'];
  if (typeof sent !== 'string' || sent === '') return undefined;
  return showsCredential(sent, headers) ? MASK : sent.slice(0, MAX_ON_BEHALF_OF);
}

/** What the rooms get to know of a request that may go on; throws where it names an impossible timeout. */
export function requestContext(
  request: IncomingMessage,
  requestId: string,
  { caller, tenant }: Admission,
  clock: Clock,
): RequestContext {
  const traceId = traceIdOf(request);
  const principal = onBehalfOf(request);
  return {
    requestId,
    ...(traceId !== undefined && { traceId }),
    caller,
    tenant,
    address: request.socket.remoteAddress ?? '',
    ...(principal !== undefined && { onBehalfOf: principal }),
    deadline: Deadline.after(clock, timeoutOf(request)),
    tally: new RequestTally(),
  };
}
