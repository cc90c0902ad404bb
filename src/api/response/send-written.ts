import type { FastifyReply, FastifyRequest } from 'fastify';
import type { WriteResult } from '../../integrations/integration-writer';
import { writeJson } from '../../json/json-value';
import { prefersLenient } from '../request/conditions';

/** Sends the result of a write, which no cache may store. */
export function sendWritten(request: FastifyRequest, reply: FastifyReply, written: WriteResult): void {
  const { integration, etag, warnings } = written;
  request.state.written = integration.integrationId;
  if (prefersLenient(request.headers)) reply.header('preference-applied', 'handling=lenient');
  void reply
    .status(200)
    .headers({ etag, 'cache-control': 'no-store' })
    .type('application/json; charset=utf-8')
    .send(writeJson(warnings.length > 0 ? { ...integration, warnings } : integration));
}
