import type { FastifyReply } from 'fastify';
import { type Cancellation, CancellationSource } from '../../clock/cancellation';

/** Aborted when the caller goes away before it has its whole answer. */
export function departureOf({ raw }: Pick<FastifyReply, 'raw'>): Cancellation {
  const departure = new CancellationSource();
  raw.once('close', () => {
    if (!raw.writableFinished) departure.abort();
  });
  return departure;
}
