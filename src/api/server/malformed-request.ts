import type { IncomingMessage } from 'node:http';
import { invalidRequest, Problem } from '../../problems/problem';
import { parameterViolation } from '../../problems/violation';
import { repeatedHeader } from './request-headers';

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
