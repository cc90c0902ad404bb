import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../../problems/problem';
import type { ReceiveBody } from './receive-body';

/** Stands in for the caller's content type, which says nothing about bytes that nobody parses. */
const RAW = 'application/x-stagedoor-raw';

/**
 * On routes that declare it, keeps the body as the bytes that came, whatever their content type: what was signed must not be
 * parsed and written anew. To be called after `acceptJsonBodies`.
 */
export function acceptRawBodies(fastify: FastifyInstance, receive: ReceiveBody): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (takesRawBody(request)) request.raw.headers['content-type'] = RAW;
    done();
  });
  fastify.addContentTypeParser(RAW, async (request: FastifyRequest) => {
    if (!takesRawBody(request)) throw new Problem('unsupported-media-type');
    return receive(request);
  });
}

/** The bytes of the body; none at all are bytes too. */
export function rawBodyOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

function takesRawBody({ routeOptions }: FastifyRequest): boolean {
  const { declaration } = routeOptions.config;
  return declaration?.access === 'caller' && declaration.takesRawBody === true;
}
