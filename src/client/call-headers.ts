import type { CreateOptions, ReadOptions, UpdateOptions, Version } from './call-options.ts';
import { newIdempotencyKey } from './request-parts.ts';

/** Each call of this makes a key, unless there is one. */
export function writeHeaders({
  idempotencyKey = newIdempotencyKey(),
  ifMatch,
  lenient,
}: CreateOptions & UpdateOptions) {
  return {
    ...(idempotencyKey !== false && { 'Idempotency-Key': idempotencyKey }),
    ...(ifMatch !== undefined && { 'If-Match': etagOf(ifMatch) }),
    ...(lenient && { Prefer: 'handling=lenient' }),
  };
}

export function readHeaders({ fresh }: ReadOptions) {
  return fresh ? { 'Cache-Control': 'no-cache' } : {};
}

/** Throws if a value has no ETag: without it, a write would no longer depend on the version. */
export function etagOf(version: Version): string {
  const etag = typeof version === 'string' ? version : version.lastResponse.etag;
  if (!etag) throw new TypeError('The response had no ETag; read the integration again.');
  return etag;
}
