import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { ByteQuota, type QuotaOwner, quotaOwner } from '../../context/quota';
import { Problem } from '../../problems/problem';

type Charged = Parameters<typeof quotaOwner>[0];

const MAX_BYTES = 128 * 1024 * 1024;
/** Smaller responses are not counted: Node's objects for their requests need as much memory. */
const SMALL_BYTES = 4096;

/**
 * Bounds the memory of unread responses. The memory is divided between tenants and callers (see `ByteQuota`); a caller that has used its
 * quota gets 503 `overloaded` before any work is done for it, until its clients have read some of their responses.
 */
@Injectable()
export class UnsentResponses {
  readonly #quota = new ByteQuota(MAX_BYTES);
  /** For each owner and body, the number of responses that share it. */
  readonly #bodies = new Map<string, Map<object, number>>();

  get bytes(): number {
    return this.#quota.used;
  }

  /** Call it after installing the request hook, and after all hooks that change a response. */
  install(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', ({ state: { callerContext } }, _reply, done) => {
      done(callerContext && !this.allows(callerContext, SMALL_BYTES + 1) ? overloaded() : undefined);
    });
    fastify.addHook('onSend', ({ state: { callerContext } }, reply, payload, done) => {
      const isText = typeof payload === 'string' || Buffer.isBuffer(payload);
      if (callerContext && isText) this.add(callerContext, reply.raw, payload);
      done(null, payload);
    });
  }

  allows(context: Charged, bytes: number): boolean {
    return bytes <= SMALL_BYTES || this.#quota.allows(quotaOwner(context), bytes);
  }

  /**
   * Call it when a response is sent, if possible only after `allows` returned true. Closes the connection if the caller has used its
   * quota.
   */
  add(context: Charged, response: ServerResponse, body: string | Buffer): void {
    const bytes = Buffer.byteLength(body);
    const { socket } = response.req;
    // A closed connection emits `close` only once.
    if (bytes <= SMALL_BYTES || socket.destroyed) return;
    const owner = quotaOwner(context);
    // Responses from one cache entry share its buffer.
    const key = typeof body === 'string' ? response : body;
    if (!this.#charge(owner, key, bytes)) return void socket.destroy();
    response.once('close', () => this.#release(owner, key, bytes));
  }

  #charge(owner: QuotaOwner, body: object, bytes: number): boolean {
    const name = nameOf(owner);
    const bodies = this.#bodies.get(name) ?? new Map<object, number>();
    const responses = bodies.get(body) ?? 0;
    if (responses === 0) {
      if (!this.#quota.allows(owner, bytes)) return false;
      this.#quota.add(owner, bytes);
      this.#bodies.set(name, bodies);
    }
    bodies.set(body, responses + 1);
    return true;
  }

  #release(owner: QuotaOwner, body: object, bytes: number): void {
    const name = nameOf(owner);
    const bodies = this.#bodies.get(name);
    const responses = bodies?.get(body) ?? 0;
    if (responses > 1) return void bodies?.set(body, responses - 1);
    bodies?.delete(body);
    if (bodies?.size === 0) this.#bodies.delete(name);
    this.#quota.add(owner, -bytes);
  }
}

/** Tenants have no space in their ids. */
function nameOf({ tenant, caller }: QuotaOwner): string {
  return `${tenant} ${caller}`;
}

export function overloaded(): Problem {
  return new Problem('overloaded', { retryAfterSeconds: 1 });
}
