import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../../problems/problem';
import { BODY_LIMIT_BYTES } from '../request/json-body';

const IN_ALL_BYTES = 64 * 1024 * 1024;
const OF_TENANT_BYTES = IN_ALL_BYTES / 4;

/**
 * Bounds the bytes of bodies that are under way, in all and for each tenant, from before they are read until the response is
 * out: writes wait for locks and for Hubster, and hold what they were sent meanwhile.
 */
export class BodyBudget {
  readonly #tenants = new Map<string, number>();
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** To be called after the hook that finds out the tenant. */
  install(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, reply, done) => {
      const tenant = request.state.context?.tenant.id;
      const bytes = announcedBytes(request);
      if (tenant === undefined || bytes === 0) return done();
      if (!this.reserve(tenant, bytes)) return done(new Problem('overloaded', { retryAfterSeconds: 1 }));
      // Comes also where the caller has gone and no response is ever finished.
      reply.raw.once('close', () => this.release(tenant, bytes));
      done();
    });
  }

  reserve(tenant: string, bytes: number): boolean {
    const held = this.#tenants.get(tenant) ?? 0;
    if (held + bytes > OF_TENANT_BYTES || this.#bytes + bytes > IN_ALL_BYTES) return false;
    this.#tenants.set(tenant, held + bytes);
    this.#bytes += bytes;
    return true;
  }

  release(tenant: string, bytes: number): void {
    const held = (this.#tenants.get(tenant) ?? 0) - bytes;
    if (held > 0) this.#tenants.set(tenant, held);
    else this.#tenants.delete(tenant);
    this.#bytes -= bytes;
  }
}

/** What may have to be held: a body of unknown length counts as the longest, and one that is too long is not read at all. */
function announcedBytes({ raw: { headers } }: FastifyRequest): number {
  if (headers['transfer-encoding'] !== undefined) return BODY_LIMIT_BYTES;
  const length = Number(headers['content-length'] ?? 0);
  return length <= BODY_LIMIT_BYTES ? length : 0;
}
