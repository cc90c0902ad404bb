import type { FastifyReply } from 'fastify';

/** A document that is the same for everybody: rendered once, and sent from one buffer however many clients have it open. */
export interface ConstantDocument {
  /** Its media type. */
  readonly type: string;
  readonly body: Buffer;
}

export function jsonDocument(value: unknown): ConstantDocument {
  return { type: 'application/json; charset=utf-8', body: Buffer.from(JSON.stringify(value)) };
}

export function sendDocument(reply: FastifyReply, { type, body }: ConstantDocument): void {
  void reply.type(type).send(body);
}
