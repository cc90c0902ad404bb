import type { FastifyReply } from 'fastify';

/** Names and values in turn, as Node's `rawHeaders`: `writeHead` takes them as they are, and lists join at no cost. */
export type HeaderList = readonly string[];

export function setHeaders(reply: FastifyReply, headers: HeaderList): void {
  for (let index = 0; index < headers.length; index += 2) {
    void reply.header(headers[index] ?? '', headers[index + 1]);
  }
}

/** As they stand in a message, each with the end of its line. */
export function headerLines(headers: HeaderList): string {
  return headers.map((text, index) => text + (index % 2 === 0 ? ': ' : '\r\n')).join('');
}
