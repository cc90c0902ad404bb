import type { FastifyReply } from 'fastify';
import { type Cancellation, CancellationSource } from '../../clock/cancellation';

/** Aborted when the caller goes away before it has its whole answer. */
export function abortOnDisconnect({ raw }: Pick<FastifyReply, 'raw'>): Cancellation {
  const disconnected = new CancellationSource();
  raw.once('close', () => {
    if (!raw.writableFinished) disconnected.abort();
  });
  return disconnected;
}
