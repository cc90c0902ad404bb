import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { PROBLEM_CODES, PROBLEM_KINDS, type ProblemCode } from '../../problems/problem-registry';
import { schemaRef } from './schemas';

/** Problems of every operation for callers. */
const ALWAYS: readonly ProblemCode[] = [
  'unauthenticated',
  'forbidden',
  'tenant-required',
  'rate-limited',
  'internal-error',
];

/** Problems of operations that call Hubster. */
export const UPSTREAM_PROBLEMS: readonly ProblemCode[] = [
  'upstream-forbidden',
  'upstream-refused',
  'upstream-rate-limited',
  'upstream-unavailable',
  'upstream-timeout',
  'upstream-error',
  'upstream-invalid',
  'upstream-auth-failed',
  'overloaded',
];

/** Problems of requests with a body. */
export const BODY_PROBLEMS: readonly ProblemCode[] = [
  'validation-failed',
  'malformed-body',
  'mask-in-value',
  'unsupported-media-type',
  'body-too-large',
  'overloaded',
];

/** Problems of writes. */
export const WRITE_PROBLEMS: readonly ProblemCode[] = [
  'not-found',
  'audit-unavailable',
  'idempotency-running',
  'idempotency-mismatch',
  'idempotency-unavailable',
];

/** Documents the problems of an operation, one response for each status. */
export function ApiProblems(...codes: readonly ProblemCode[]): MethodDecorator {
  const all = PROBLEM_CODES.filter((code) => ALWAYS.includes(code) || codes.includes(code));
  const statuses = [...new Set(all.map((code) => PROBLEM_KINDS[code].status))].sort();
  return applyDecorators(
    ...statuses.map((status) => {
      const ofStatus = all.filter((code) => PROBLEM_KINDS[code].status === status);
      return ApiResponse({
        status,
        description: ofStatus.map((code) => `\`${code}\`: ${PROBLEM_KINDS[code].title}.`).join(' '),
        content: { 'application/problem+json': { schema: schemaRef('Problem') } },
      });
    }),
  );
}
