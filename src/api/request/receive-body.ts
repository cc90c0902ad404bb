import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ByteQuota } from '../../context/byte-quota';
import { quotaOwner } from '../../context/quota-owner';
import { Problem } from '../../problems/problem';
import { contextOf } from './request-state';

/** S-015. */
export const BODY_LIMIT_BYTES = 256 * 1024;
/** The first buffer of a body; its size doubles each time that it is full. */
const FIRST_BYTES = 16 * 1024;

/** Resolves to the bytes of the body of a request. */
export type ReceiveBody = (request: FastifyRequest) => Promise<Buffer>;

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
    let size = Math.max(FIRST_BYTES, this.#buffer.length);
    while (size < least) size *= 2;
    this.charge(size - this.#buffer.length);
    const grown = Buffer.allocUnsafeSlow(size);
    this.bytes.copy(grown);
    this.#buffer = grown;
  }
}

const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Bounds the memory of received bodies, from their first byte until the request is handled: writes wait for locks and for Hubster, and
 * keep their bodies meanwhile. The memory is divided between tenants and callers (see `ByteQuota`).
 */
export class BodyBudget {
  readonly #quota = new ByteQuota(MAX_BYTES);

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
