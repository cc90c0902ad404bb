import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ByteQuota, quotaOwner } from '../../context/quota';
import { exceedsCount } from '../../json/json-size';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/json-value';
import { readJson } from '../../json/read/read-json';
import { JsonError } from '../../json/read/scan-json';
import { invalidRequest, Problem } from '../../problems/problem';
import { pointerOf, violation } from '../../problems/violation';
import { contextOf } from './request-state';

/** More than any channel declares, so that no rule has to be fast with thousands of members. */
const LIMITS = { maxDepth: 32, maxMembers: 200, maxElements: 200 };
/** In a whole body, as each takes time when it is read, compared or written. Far fewer than Hubster may send (S-015). */
const MAX_VALUES = 25_000;
const TOO_MANY_MEMBERS = `At most ${LIMITS.maxMembers} members or elements are accepted at one level.`;
const TOO_MANY_VALUES = `At most ${MAX_VALUES} values are accepted in all.`;
const MERGE_PATCH = 'application/merge-patch+json';
const JSON_TYPES = ['application/json', MERGE_PATCH];

/** Replaces the caller's content type, as the bytes are not parsed. */
const RAW_TYPE = 'application/x-stagedoor-raw';
/** S-015. */
export const BODY_LIMIT_BYTES = 256 * 1024;
/** The first buffer of a body; its size doubles each time that it is full. */
const FIRST_BUFFER_BYTES = 16 * 1024;
const BUDGET_BYTES = 64 * 1024 * 1024;

/** Resolves to the bytes of the body of a request. */
type ReceiveBody = (request: FastifyRequest) => Promise<Buffer>;

/**
 * Makes Fastify accept JSON in UTF-8 only. An empty body is treated as absent whatever its content type, as clients send JSON
 * headers with DELETE; anything else is 415, before its size or content is checked.
 */
export function acceptJsonBodies(fastify: FastifyInstance, receive: ReceiveBody): void {
  fastify.removeAllContentTypeParsers();
  fastify.addHook('onRequest', ({ raw: { headers } }, reply, done) => {
    if (!hasBody(headers)) delete headers['content-type'];
    else if (isCoded(headers)) {
      reply.header('accept-encoding', 'identity');
      return done(new Problem('unsupported-media-type', { detail: 'The body must not have a content coding.' }));
    }
    done();
  });
  fastify.addContentTypeParser(JSON_TYPES, async (request: FastifyRequest) => {
    const body = await receive(request);
    if (body.length === 0) return undefined;
    if (!isUtf8(request) || !takesType(request)) throw new Problem('unsupported-media-type');
    return parseJson(body);
  });
  fastify.addContentTypeParser('*', async (_request: FastifyRequest, payload: AsyncIterable<Buffer>) => {
    for await (const chunk of payload) if (chunk.length > 0) throw new Problem('unsupported-media-type');
    return undefined;
  });
}

/** The required body of a request: a JSON object. */
export function bodyOf(request: FastifyRequest): JsonObject {
  const { body } = request;
  if (body === undefined) throw invalidRequest([violation(300)]);
  if (!isJsonObject(body)) throw new Problem('malformed-body');
  return body;
}

/** Whether a body is announced (RFC 9112, 6). Without one Fastify would still reject an unknown content type. */
function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || !/^0*$/.test(headers['content-length'] ?? '');
}

/** A merge patch says what to change (RFC 7396), so that only PATCH can take one. */
function takesType({ method, headers: { 'content-type': type = '' } }: FastifyRequest): boolean {
  return method === 'PATCH' || !type.toLowerCase().startsWith(MERGE_PATCH);
}

function isUtf8(request: FastifyRequest): boolean {
  const charset = /;\s*charset="?([^";]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
  return charset === undefined || /^utf-?8$/i.test(charset.trim());
}

/** Whether the body is coded (RFC 9110, 8.4). Bodies are not decoded, so that a small one cannot become large. */
function isCoded({ 'content-encoding': codings = '' }: IncomingHttpHeaders): boolean {
  return codings.split(',').some((coding) => !['', 'identity'].includes(coding.trim().toLowerCase()));
}

function parseJson(body: Buffer): JsonValue {
  const value = readBody(body);
  if (exceedsCount(value, MAX_VALUES)) throw invalidRequest([violation(207, pointerOf(), TOO_MANY_VALUES)]);
  return value;
}

function readBody(body: Buffer): JsonValue {
  try {
    return readJson(body, LIMITS);
  } catch (error) {
    if (error instanceof JsonError) throw problemOfJson(error);
    throw error;
  }
}

function problemOfJson({ kind, path }: JsonError): Problem {
  switch (kind) {
    case 'malformed':
      return new Problem('malformed-body');
    case 'repeated-member':
      return invalidRequest([violation(303, pointerOf(...path), 'The property occurs twice.')]);
    case 'too-many-members':
      return invalidRequest([violation(207, pointerOf(...path), TOO_MANY_MEMBERS)]);
  }
}

/**
 * Keeps the body as the received bytes, whatever their content type, on routes that declare it: a signature covers bytes, so they must
 * not be parsed and serialised again. Call it after `acceptJsonBodies`.
 */
export function acceptRawBodies(fastify: FastifyInstance, receive: ReceiveBody): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (takesRawBody(request)) request.raw.headers['content-type'] = RAW_TYPE;
    done();
  });
  fastify.addContentTypeParser(RAW_TYPE, async (request: FastifyRequest) => {
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

/**
 * Resolves to the bytes of a body, and rejects with a `Problem` for one that is too long or incomplete. `charge` is called with the bytes of
 * memory that the body is about to use; if it throws, the rest is not kept. An announced length is not charged.
 */
export function receiveBody(request: IncomingMessage, charge: (bytes: number) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const body = new GrowingBuffer(charge);
    const stop = (): void => {
      request.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken);
    };
    const onData = (chunk: Buffer): void => {
      try {
        body.append(chunk);
      } catch (error) {
        stop();
        reject(error);
      }
    };
    const onEnd = (): void => {
      stop();
      resolve(body.bytes);
    };
    const onBroken = (): void => {
      stop();
      reject(new Problem('malformed-body'));
    };
    if (Number(request.headers['content-length']) > BODY_LIMIT_BYTES) reject(new Problem('body-too-large'));
    else if (request.destroyed) onBroken();
    else request.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken);
  });
}

/** One buffer: as a list of chunks, a body sent byte by byte would use a hundred times its length. */
class GrowingBuffer {
  #buffer = Buffer.alloc(0);
  #length = 0;

  constructor(private readonly charge: (bytes: number) => void) {}

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  append(chunk: Buffer): void {
    const length = this.#length + chunk.length;
    if (length > BODY_LIMIT_BYTES) throw new Problem('body-too-large');
    if (length > this.#buffer.length) this.#grow(length);
    chunk.copy(this.#buffer, this.#length);
    this.#length = length;
  }

  #grow(least: number): void {
    let size = Math.max(FIRST_BUFFER_BYTES, this.#buffer.length);
    while (size < least) size *= 2;
    this.charge(size - this.#buffer.length);
    const grown = Buffer.allocUnsafeSlow(size);
    this.bytes.copy(grown);
    this.#buffer = grown;
  }
}

/**
 * Bounds the memory of received bodies, from their first byte until the request is handled: writes wait for locks and for Hubster, and
 * keep their bodies meanwhile. The memory is divided between tenants and callers (see `ByteQuota`).
 */
export class BodyBudget {
  readonly #quota = new ByteQuota(BUDGET_BYTES);

  get bytes(): number {
    return this.#quota.used;
  }

  install(fastify: FastifyInstance): void {
    // Not when the connection closes: a write continues after its caller has disconnected.
    fastify.addHook('onSend', (request, _reply, payload, done) => {
      this.#charge(request, -(request.state.bodyBytes ?? 0));
      done(null, payload);
    });
  }

  /** Rejects with `overloaded` when the caller has used its quota. */
  receive(request: FastifyRequest): Promise<Buffer> {
    return receiveBody(request.raw, (bytes) => {
      if (!this.#quota.allows(quotaOwner(contextOf(request)), bytes)) {
        throw new Problem('overloaded', { retryAfterSeconds: 1 });
      }
      this.#charge(request, bytes);
    });
  }

  #charge(request: FastifyRequest, bytes: number): void {
    if (bytes === 0) return;
    this.#quota.add(quotaOwner(contextOf(request)), bytes);
    request.state.bodyBytes = (request.state.bodyBytes ?? 0) + bytes;
  }
}
