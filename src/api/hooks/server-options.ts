import type { Server } from 'node:http';
import type { FastifyHttpOptions, FastifyReply } from 'fastify';
import { BODY_LIMIT_BYTES } from '../request/body';
import { requestIdOf } from '../request/headers';
import { problemOf } from '../response/problem.filter';
import { renderProblem } from '../response/problem-rendering';
import { DATA_HEADERS, setHeaders } from '../response/response-headers';
import type { Connections } from '../server/connections';
import { createHttpServer } from '../server/http-server';

interface HttpServerOptions {
  readonly connections: Connections;
  readonly maxConnections: number;
  /** As in `Config`. */
  readonly publicUrl: string;
}

/** Fastify's options: its server, its limits, and problems for requests that reach no route. */
export function serverOptions({
  connections,
  maxConnections,
  publicUrl,
}: HttpServerOptions): FastifyHttpOptions<Server> {
  return {
    logger: false,
    genReqId: requestIdOf,
    requestIdHeader: false,
    bodyLimit: BODY_LIMIT_BYTES,
    serverFactory: (listener) => createHttpServer({ connections, isManagement: false, maxConnections, listener }),
    // The server has its own.
    clientErrorHandler: () => undefined,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 256 },
    frameworkErrors: (error, request, reply: FastifyReply) => {
      const { status, headers, body } = renderProblem(problemOf(error), request.id, publicUrl);
      setHeaders(reply, DATA_HEADERS);
      void reply
        .status(status)
        .headers({ ...headers, 'x-request-id': request.id })
        .send(body);
    },
  };
}
