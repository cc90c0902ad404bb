import type { FastifyReply } from 'fastify';

/** Alternating names and values, as Node's `rawHeaders`: `writeHead` accepts them, and concatenation is cheap. */
export type HeaderList = readonly string[];

/** Browsers must not guess types, frame pages or send referrers. No transport security: TLS ends in front of Stagedoor. */
const ALWAYS: HeaderList = [
  'x-content-type-options',
  'nosniff',
  'x-frame-options',
  'DENY',
  'referrer-policy',
  'no-referrer',
];

/** Responses are data: they must not run or load anything. */
export const DATA_HEADERS: HeaderList = [
  ...ALWAYS,
  'content-security-policy',
  "default-src 'none'; frame-ancestors 'none'",
];

/** Swagger UI needs an inline script and inline styles; all assets are of the same origin. */
export const DOCS_HEADERS: HeaderList = [
  ...ALWAYS,
  'content-security-policy',
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
];

export function setHeaders(reply: FastifyReply, headers: HeaderList): void {
  for (let index = 0; index < headers.length; index += 2) {
    void reply.header(headers[index] ?? '', headers[index + 1]);
  }
}

/** The header lines of a message, each with its line end. */
export function headerLines(headers: HeaderList): string {
  return headers.map((text, index) => text + (index % 2 === 0 ? ': ' : '\r\n')).join('');
}
