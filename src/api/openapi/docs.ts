import type { INestApplication } from '@nestjs/common';
import { SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance, RouteOptions } from 'fastify';
import type { Secret } from '../../secrets/secret';
import type { RouteDeclaration } from '../routes/route-declaration';
import { openApiDocument } from './document';

const DOCS: RouteDeclaration = {
  access: 'public',
  because: 'Documentation: what it describes asks for credentials.',
  isManagement: false,
};

/** Serves Swagger UI at `/docs` from this process alone, and the document at `/openapi.json` and `/openapi.yaml`. */
export function serveDocs(app: INestApplication, fastify: FastifyInstance, demoKey?: Secret): void {
  fastify.addHook('onRoute', (route: RouteOptions) => {
    route.config = { declaration: DOCS, ...route.config };
  });
  SwaggerModule.setup('docs', app, openApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Stagedoor',
    swaggerOptions: {
      persistAuthorization: true,
      displayRequestDuration: true,
      tryItOutEnabled: true,
      ...(demoKey && { authAction: { apiKey: demoAuthorisation(demoKey) } }),
    },
  });
}

/** In demo the page is authorised from the start; the key is random and shown by design (N1). */
function demoAuthorisation(key: Secret): object {
  return {
    name: 'apiKey',
    schema: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
    value: key.reveal(),
  };
}
