import type { FastifyReply } from 'fastify';
import { type Cancellation, CancellationSource } from '../../clock/cancellation';

/** Aborted when the client disconnects before it has the whole response. */
export function abortOnDisconnect({ raw }: Pick<FastifyReply, 'raw'>): Cancellation {
  const disconnected = new CancellationSource();
  raw.once('close', () => {
    if (!raw.writableFinished) disconnected.abort();
  });
  return disconnected;
}
