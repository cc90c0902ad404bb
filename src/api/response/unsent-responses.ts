import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { ByteQuota } from '../../context/byte-quota';
import { type QuotaOwner, quotaOwner } from '../../context/quota-owner';
import { Problem } from '../../problems/problem';

type Charged = Parameters<typeof quotaOwner>[0];

const MAX_BYTES = 128 * 1024 * 1024;
/** Up to here a response is not counted: what Node keeps of its request is no less. */
const SMALL_BYTES = 4096;

/**
 * Bounds the memory of responses whose clients have not read them yet. It is divided between tenants and callers (see `ByteQuota`); a caller
 * who has used its quota gets 503 `overloaded` before any work is done for it, until its clients have read something.
 */
@Injectable()
export class UnsentResponses {
  readonly #quota: ByteQuota;
  /** How many responses hold a body, by its owner. */
  readonly #bodies = new Map<string, Map<object, number>>();

  constructor() {
    this.#quota = new ByteQuota(MAX_BYTES);
  }

  get bytes(): number {
    return this.#quota.used;
  }

  /** To be called after the hook that finds out the caller, and after all that change a response. */
  install(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', ({ state: { context } }, _reply, done) => {
      done(context && !this.allows(context, SMALL_BYTES + 1) ? overloaded() : undefined);
    });
    fastify.addHook('onSend', ({ state: { context } }, reply, payload, done) => {
      if (context && (typeof payload === 'string' || Buffer.isBuffer(payload))) this.add(context, reply.raw, payload);
      done(null, payload);
    });
  }

  allows(context: Charged, bytes: number): boolean {
    return bytes <= SMALL_BYTES || this.#quota.allows(quotaOwner(context), bytes);
  }

  /**
   * To be called when a response is sent, and only where `allows` was true, if it can be called before. A connection whose client has
   * read too little by then is closed.
   */
  add(context: Charged, response: ServerResponse, body: string | Buffer): void {
    const bytes = Buffer.byteLength(body);
    const { socket } = response.req;
    // A closed connection emits no `close` any more.
    if (bytes <= SMALL_BYTES || socket.destroyed) return;
    const owner = quotaOwner(context);
    // Responses from one cache entry share its buffer.
    const key = typeof body === 'string' ? response : body;
    if (!this.#hold(owner, key, bytes)) return void socket.destroy();
    response.once('close', () => this.#release(owner, key, bytes));
  }

  #hold(owner: QuotaOwner, body: object, bytes: number): boolean {
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
