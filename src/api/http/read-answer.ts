import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CachedAnswer } from '../../cache/cache-read';
import type { FieldError } from '../../problems/field-error';
import { Problem } from '../../problems/problem';
import { isNotModified } from './conditions';
import { contextOf } from './exchange';

/** Answers may differ by who asks; a cache between us and the caller has to ask every time (design 2.4). */
const READ_HEADERS = {
  'cache-control': 'private, no-cache',
  vary: 'Authorization, X-API-Key, X-Tenant-Id',
};

/** Sends what the cache answered: finished bytes, 304 where the caller has them, or the problem of an absence. */
export function sendRead(request: FastifyRequest, reply: FastifyReply, cached: CachedAnswer): void {
  const { answer, ageSeconds, cacheStatus } = cached;
  request.exchange.cacheStatus = cacheStatus;
  void reply.headers({ ...READ_HEADERS, age: String(ageSeconds), 'cache-status': cacheStatus });
  setServerTiming(request, reply);
  if (answer.status === 404) throw absent(answer.body);
  void reply.headers({ ...answer.headers, etag: answer.etag });
  if (isNotModified(request.headers, answer.etag)) void reply.status(304).send();
  else void reply.status(200).type('application/json; charset=utf-8').send(answer.body);
}

/** `Server-Timing`: how long Hubster took, and in how many attempts. */
export function setServerTiming(request: FastifyRequest, reply: FastifyReply): void {
  const { attempts, milliseconds } = contextOf(request).tally;
  if (attempts === 0) return;
  reply.header('server-timing', `upstream;dur=${milliseconds.toFixed(1)}, attempts;desc="${attempts}"`);
}

/** The absence that the cache keeps as a fact: Hubster's codes. */
function absent(body: Buffer): Problem {
  const errors: readonly FieldError[] = JSON.parse(body.toString());
  return new Problem('not-found', { errors });
}
