import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isJsonObject, type JsonObject } from '../../channels/json';
import { fieldError } from '../../problems/field-error';
import { invalidRequest } from '../../problems/invalid-request';
import { Problem } from '../../problems/problem';

/** S-015. */
export const BODY_LIMIT_BYTES = 256 * 1024;
const MAX_DEPTH = 32;
const JSON_TYPES = ['application/json', 'application/merge-patch+json'];

/**
 * Teaches Fastify our bodies: JSON in UTF-8. An empty body is no body whatever its content type, as clients send JSON
 * headers with DELETE; anything else is 415, before its size or content is looked at (design 2).
 */
export function acceptJsonBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addHook('onRequest', ({ raw: { headers } }, _reply, done) => {
    if (!hasBody(headers)) delete headers['content-type'];
    done();
  });
  fastify.addContentTypeParser(
    JSON_TYPES,
    { parseAs: 'buffer', bodyLimit: BODY_LIMIT_BYTES },
    async (request: FastifyRequest, body: Buffer) => {
      if (body.length === 0) return undefined;
      if (!isUtf8(request)) throw new Problem('unsupported-media-type');
      return parseJson(body);
    },
  );
  fastify.addContentTypeParser('*', async (_request: FastifyRequest, payload: AsyncIterable<Buffer>) => {
    for await (const chunk of payload) if (chunk.length > 0) throw new Problem('unsupported-media-type');
    return undefined;
  });
}

/** The body of a request that has to have one: an object (design 2.3). */
export function bodyOf(request: FastifyRequest): JsonObject {
  const { body } = request;
  if (body === undefined) throw invalidRequest([fieldError(300)]);
  if (!isJsonObject(body)) throw new Problem('malformed-body');
  return body;
}

/** Whether a body is announced (RFC 9112, 6). Without one Fastify would still refuse a content type that it cannot read. */
function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || !/^0*$/.test(headers['content-length'] ?? '');
}

function isUtf8(request: FastifyRequest): boolean {
  const charset = /;\s*charset="?([^";]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
  return charset === undefined || /^utf-?8$/i.test(charset.trim());
}

function parseJson(body: Buffer): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new Problem('malformed-body');
  }
  if (!isHarmless(parsed)) throw new Problem('malformed-body');
  return parsed;
}

/** Neither nested beyond sense nor with a key that JavaScript takes for something else; without recursion. */
function isHarmless(root: unknown): boolean {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return false;
    const containers = level.filter((value): value is object => typeof value === 'object' && value !== null);
    if (containers.some((container) => Object.hasOwn(container, '__proto__'))) return false;
    level = containers.flatMap((container) => Object.values(container));
  }
  return true;
}
