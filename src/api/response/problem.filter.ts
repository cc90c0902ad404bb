import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../../config/config';
import { Problem } from '../../problems/problem';
import type { ProblemCode } from '../../problems/problem-registry';
import { renderProblem } from './problem-rendering';

/** The problem codes of Fastify's own errors; its texts are not passed on. */
const FASTIFY_ERRORS: ReadonlyMap<string, ProblemCode> = new Map([
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'unsupported-media-type'],
  ['FST_ERR_CTP_INVALID_TYPE', 'unsupported-media-type'],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'body-too-large'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'malformed-body'],
  ['FST_ERR_BAD_URL', 'not-found'],
  ['FST_ERR_MAX_PARAM_LENGTH', 'not-found'],
]);

const NEST_STATUSES: ReadonlyMap<number, ProblemCode> = new Map([
  [400, 'malformed-body'],
  [404, 'not-found'],
  [413, 'body-too-large'],
  [414, 'not-found'],
  [415, 'unsupported-media-type'],
]);

/** Translates all errors of handlers and hooks into responses. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly config: Config) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const { publicUrl } = this.config.http;
    sendProblem(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>(), publicUrl);
  }
}

function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, publicUrl: string): void {
  const problem = problemOf(error);
  request.state.problem = problem;
  const { status, headers, body } = renderProblem(problem, request.id, publicUrl);
  void reply.status(status).headers(headers).send(body);
}

/** Translates an error into a problem; an unexpected one becomes `internal-error`. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const code =
    FASTIFY_ERRORS.get(codeOf(error)) ??
    (error instanceof HttpException ? NEST_STATUSES.get(error.getStatus()) : undefined);
  return new Problem(code ?? 'internal-error', code === undefined ? { cause: error } : {});
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
