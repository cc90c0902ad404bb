import type { FastifyReply } from 'fastify';

/** Aborted when the caller goes away before it has its whole answer. */
export function departureOf({ raw }: Pick<FastifyReply, 'raw'>): AbortSignal {
  const departure = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) departure.abort();
  });
  return departure.signal;
}
