import type { FastifyReply } from 'fastify';

/** Alternating names and values, as Node's `rawHeaders`: `writeHead` accepts them, and concatenation is cheap. */
export type HeaderList = readonly string[];

/**
 * Browsers must not guess types, frame pages or send referrers. No transport security: TLS ends in front of Stagedoor. Responses are
 * data, which must not run or load anything; a page has a policy of its own (`ConstantDocument`), which takes the place of this one.
 */
export const DATA_HEADERS: HeaderList = [
  'x-content-type-options',
  'nosniff',
  'x-frame-options',
  'DENY',
  'referrer-policy',
  'no-referrer',
  'content-security-policy',
  "default-src 'none'; frame-ancestors 'none'",
];

/** A later value of a name takes the place of an earlier one. */
export function setHeaders(reply: FastifyReply, headers: HeaderList): void {
  for (let index = 0; index < headers.length; index += 2) {
    void reply.header(headers[index] ?? '', headers[index + 1]);
  }
}

/** The header lines of a message, each with its line end. */
export function headerLines(headers: HeaderList): string {
  return headers.map((text, index) => text + (index % 2 === 0 ? ': ' : '\r\n')).join('');
}
