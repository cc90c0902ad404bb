import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { isNotModified } from '../request/caching-headers';

/** A document that is the same for all callers: rendered once, and sent to all clients from one buffer. */
export interface ConstantDocument {
  /** The media type. */
  readonly type: string;
  readonly body: Buffer;
  /** A strong entity tag: clients may keep the document, and have to revalidate it. */
  readonly etag?: string;
}

export function jsonDocument(value: unknown): ConstantDocument {
  return { type: 'application/json; charset=utf-8', body: Buffer.from(JSON.stringify(value)) };
}

/** The same document with an entity tag. */
export function revalidated(document: ConstantDocument): ConstantDocument {
  const digest = createHash('sha256').update(document.body).digest('base64url');
  return { ...document, etag: `"${digest.slice(0, 22)}"` };
}

export function sendDocument(reply: FastifyReply, { type, body, etag }: ConstantDocument): void {
  if (etag !== undefined) {
    void reply.headers({ etag, 'cache-control': 'no-cache' });
    if (isNotModified(reply.request.headers, etag)) return void reply.status(304).send();
  }
  void reply.type(type).send(body);
}
