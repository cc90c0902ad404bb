import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ByteQuota, quotaOwner } from '../../context/quota';
import { Problem } from '../../problems/problem';
import { receiveBody } from '../request/receive-body';
import { contextOf } from '../request/request-state';

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
