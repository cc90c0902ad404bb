import type { FastifyInstance } from 'fastify';
import type { Demo } from '../../config/demo';
import type { JsonObject } from '../../json/json-value';
import { demoDocument } from '../pages/demo-document';
import { swaggerUi } from '../pages/swagger-ui';
import type { RouteDeclaration } from '../routes/route-declaration';
import { jsonDocument, sendDocument } from './constant-document';

const DOCS: RouteDeclaration = {
  access: 'public',
  because: 'Documentation; the documented routes require credentials.',
  isManagement: false,
};

/**
 * Serves Swagger UI at `/docs`, without assets of other origins. The page of a demo has a document of its own: the published one, with the
 * operations and ids of the demo.
 */
export function serveDocs(fastify: FastifyInstance, document: () => JsonObject, demo?: Demo): void {
  const options = { config: { declaration: DOCS } };
  for (const [path, constant] of Object.entries(swaggerUi(demo)))
    fastify.get(`/docs${path}`, options, (_request, reply) => sendDocument(reply, constant));
  if (!demo) return;
  fastify.get('/docs/openapi.json', options, (_request, reply) =>
    sendDocument(reply, jsonDocument(demoDocument(document(), demo))),
  );
}
