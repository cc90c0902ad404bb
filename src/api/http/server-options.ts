import type { Server } from 'node:http';
import type { FastifyHttpOptions, FastifyReply } from 'fastify';
import { Problem } from '../../problems/problem';
import { BODY_LIMIT_BYTES } from './json-body';
import { problemOf } from './problem-of';
import { renderProblem } from './problem-rendering';
import { requestIdOf } from './request-inputs';

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const MAX_HEADER_BYTES = 16 * 1024;

/** Limits against slow and oversized requests, and our own words for requests that reach no route. */
export function serverOptions(): FastifyHttpOptions<Server> {
  return {
    logger: false,
    genReqId: requestIdOf,
    requestIdHeader: false,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, maxHeaderSize: MAX_HEADER_BYTES },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 256 },
    frameworkErrors: (error, request, reply: FastifyReply) => {
      const { status, headers, body } = renderProblem(problemOf(error), request.id);
      void reply
        .status(status)
        .headers({ ...headers, 'x-request-id': request.id })
        .send(body);
    },
    clientErrorHandler: (_error, socket) => {
      if (!socket.writable) return void socket.destroy();
      const { body } = renderProblem(new Problem('validation-failed'), '');
      socket.end(
        `HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      );
    },
  };
}
