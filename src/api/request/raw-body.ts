import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../../problems/problem';
import type { ReceiveBody } from './receive-body';

/** Replaces the caller's content type, as the bytes are not parsed. */
const RAW = 'application/x-stagedoor-raw';

/**
 * Keeps the body as the received bytes, whatever their content type, on routes that declare it: a signature covers bytes, so they must
 * not be parsed and serialised again. Call it after `acceptJsonBodies`.
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

/** The bytes of the body; an absent body is an empty one. */
export function rawBodyOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

function takesRawBody({ state: { declaration } }: FastifyRequest): boolean {
  return declaration?.access === 'caller' && declaration.takesRawBody === true;
}
