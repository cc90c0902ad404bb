import type { FastifyInstance } from 'fastify';
import type { Demo } from '../../config/demo';
import { swaggerUi } from '../pages/swagger-ui';
import type { RouteDeclaration } from '../routes/route-declaration';
import { sendDocument } from './constant-document';

const DOCS: RouteDeclaration = {
  access: 'public',
  because: 'Documentation; the documented routes require credentials.',
  isManagement: false,
};

/** Serves Swagger UI at `/docs`, without assets of other origins. */
export function serveDocs(fastify: FastifyInstance, demo?: Demo): void {
  for (const [path, constant] of Object.entries(swaggerUi(demo))) {
    fastify.get(`/docs${path}`, { config: { declaration: DOCS } }, (_request, reply) => sendDocument(reply, constant));
  }
}
