import type { IncomingMessage } from 'node:http';
import { invalidRequest } from '../../problems/invalid-request';
import { Problem } from '../../problems/problem';
import { parameterViolation } from '../../problems/violation';

/**
 * Every request header that a caller can set and Stagedoor reads. `single`: a request that repeats it is rejected, as Node would silently
 * drop or join the lines. `joined`: Node joins several lines with commas; the value is a list, or is invalid and then ignored.
 */
export const REQUEST_HEADERS: Readonly<Record<string, 'single' | 'joined'>> = {
  Authorization: 'single',
  'X-API-Key': 'single',
  'X-Tenant-Id': 'single',
  'Content-Type': 'single',
  'Idempotency-Key': 'single',
  'X-Request-Timeout-Ms': 'single',
  'X-On-Behalf-Of': 'single',
  'X-Integration-Id': 'single',
  'X-Hub-Id': 'single',
  'X-Hubster-Public-Key': 'single',
  'X-Hubster-Signature': 'single',
  Accept: 'joined',
  'Cache-Control': 'joined',
  'If-Match': 'joined',
  'If-None-Match': 'joined',
  Prefer: 'joined',
  'X-Request-Id': 'joined',
  traceparent: 'joined',
  tracestate: 'joined',
};

/** From lower case to the spelling in problems. Callers other than browsers set `Host` too. */
const SINGLE = new Map(
  ['Host', ...Object.keys(REQUEST_HEADERS).filter((name) => REQUEST_HEADERS[name] === 'single')].map((name) => [
    name.toLowerCase(),
    name,
  ]),
);

interface ReceivedHeaders {
  readonly headers: object;
  /** Alternating names and values of all received lines. */
  readonly rawHeaders: readonly string[];
}

/** The name of a `single` header that the request repeats. */
export function repeatedHeader({ headers, rawHeaders }: ReceivedHeaders): string | undefined {
  // The fast case: most requests repeat no header.
  if (Object.keys(headers).length * 2 === rawHeaders.length) return undefined;
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    if (seen.has(name) && SINGLE.has(name)) return SINGLE.get(name);
    seen.add(name);
  }
  return undefined;
}

/** Node's own limit is off (`http-server.ts`), as it drops lines silently. */
const MAX_HEADER_LINES = 256;

/** The problem of a request before its route is known: ambiguous headers, too many of them, no `Host` (RFC 9112, 3.2). */
export function malformedRequest(request: IncomingMessage): Problem | undefined {
  const { rawHeaders, headers, httpVersionMinor } = request;
  if (rawHeaders.length > 2 * MAX_HEADER_LINES) {
    return new Problem('validation-failed', { status: 431, detail: `More than ${MAX_HEADER_LINES} header lines.` });
  }
  const repeated = repeatedHeader(request);
  if (repeated !== undefined) return invalidRequest([parameterViolation(207, repeated, 'It may be sent once.')]);
  if (headers.host === undefined && httpVersionMinor > 0) return invalidRequest([parameterViolation(200, 'Host')]);
  return undefined;
}

/** The problem of a body whose end is not reliable (RFC 9112, 6.1): the bytes after it may not be a request. */
export function unreliableFraming({ headers, httpVersionMinor }: IncomingMessage): Problem | undefined {
  const coding = headers['transfer-encoding'];
  if (coding === undefined) return undefined;
  if (httpVersionMinor === 0) {
    return new Problem('validation-failed', { detail: 'HTTP/1.0 has no Transfer-Encoding.' });
  }
  if (coding.trim().toLowerCase() === 'chunked') return undefined;
  return new Problem('validation-failed', { status: 501, detail: 'The only transfer coding is chunked.' });
}

/** `Expect` with anything but `100-continue` (RFC 9110, 10.1.1). */
export function unknownExpectation(): Problem {
  return new Problem('validation-failed', { status: 417, detail: 'Only 100-continue can be expected.' });
}
