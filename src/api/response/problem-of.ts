import { HttpException } from '@nestjs/common';
import { Problem } from '../../problems/problem';
import type { ProblemCode } from '../../problems/problem-registry';

/** The problem codes of Fastify's own errors; its texts are not passed on. */
const FASTIFY_ERRORS: ReadonlyMap<string, ProblemCode> = new Map([
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'unsupported-media-type'],
  ['FST_ERR_CTP_INVALID_TYPE', 'unsupported-media-type'],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'body-too-large'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'malformed-body'],
  ['FST_ERR_BAD_URL', 'not-found'],
  ['FST_ERR_MAX_PARAM_LENGTH', 'not-found'],
]);

const STATUSES: ReadonlyMap<number, ProblemCode> = new Map([
  [400, 'malformed-body'],
  [404, 'not-found'],
  [413, 'body-too-large'],
  [414, 'not-found'],
  [415, 'unsupported-media-type'],
]);

/** Translates an error into a problem; an unexpected one becomes `internal-error`. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const code =
    FASTIFY_ERRORS.get(codeOf(error)) ?? (error instanceof HttpException ? STATUSES.get(error.getStatus()) : undefined);
  return new Problem(code ?? 'internal-error', code === undefined ? { cause: error } : {});
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
