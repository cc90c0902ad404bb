import type { FastifyReply } from 'fastify';

/** A document that is the same for all callers: rendered once, and sent to all clients from one buffer. */
export interface ConstantDocument {
  /** The media type. */
  readonly type: string;
  readonly body: Buffer;
  /** Of a page; every other response must not load or run anything. */
  readonly contentSecurityPolicy?: string;
}

export function jsonDocument(value: unknown): ConstantDocument {
  return { type: 'application/json; charset=utf-8', body: Buffer.from(JSON.stringify(value)) };
}

export function sendDocument(reply: FastifyReply, { type, body, contentSecurityPolicy }: ConstantDocument): void {
  const { headers } = reply.request.state;
  if (contentSecurityPolicy !== undefined) headers.push('content-security-policy', contentSecurityPolicy);
  void reply.type(type).send(body);
}
