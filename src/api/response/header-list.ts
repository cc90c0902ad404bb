import type { FastifyReply } from 'fastify';

/** Alternating names and values, as Node's `rawHeaders`: `writeHead` accepts them, and concatenation is cheap. */
export type HeaderList = readonly string[];

export function setHeaders(reply: FastifyReply, headers: HeaderList): void {
  for (let index = 0; index < headers.length; index += 2) {
    void reply.header(headers[index] ?? '', headers[index + 1]);
  }
}

/** The header lines of a message, each with its line end. */
export function headerLines(headers: HeaderList): string {
  return headers.map((text, index) => text + (index % 2 === 0 ? ': ' : '\r\n')).join('');
}
