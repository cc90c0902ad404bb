import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { Problem, type ProblemDetails } from '../../problems/problem';
import type { ProblemCode } from '../../problems/problem-registry';
import { renderProblem } from '../response/problem-rendering';
import { DATA_HEADERS, type HeaderList, headerLines } from '../response/response-headers';

/** By Node's error code, problems for unreadable input that are more specific than 400 (RFC 6585, RFC 9110). */
const BROKEN_INPUT: Readonly<Record<string, readonly [code: ProblemCode, details: ProblemDetails]>> = {
  HPE_HEADER_OVERFLOW: ['validation-failed', { status: 431, detail: 'The headers are larger than 16 KiB.' }],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['body-too-large', { detail: 'The extensions of chunks are larger than 16 KiB.' }],
  ERR_HTTP_REQUEST_TIMEOUT: ['request-timeout', {}],
};

/** The response to bytes that Node could not read as a request; it is the last one on its connection. */
interface BrokenInputResponse {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: string;
}

/** `publicUrl`: as in `Config`. */
export function brokenInputResponse(
  code: string,
  publicUrl: string,
  requestId: string = randomUUID(),
): BrokenInputResponse {
  const [problemCode, details] = BROKEN_INPUT[code] ?? ['validation-failed'];
  const problem = new Problem(problemCode, details);
  const { status, headers, body } = renderProblem(problem, requestId, publicUrl);
  const own = ['x-request-id', requestId, 'content-length', String(Buffer.byteLength(body)), 'connection', 'close'];
  return { status, headers: [...DATA_HEADERS, ...Object.entries(headers).flat(), ...own], body };
}

/** The bytes to write when there is no request to respond to. */
export function messageOf({ status, headers, body }: BrokenInputResponse): string {
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headerLines(headers)}\r\n${body}`;
}
