import type { INestApplication } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { stringify } from 'yaml';
import type { Demo } from '../../config/demo';
import { swaggerUi } from '../pages/swagger-ui';
import type { RouteDeclaration } from '../routes/route-declaration';
import { type ConstantDocument, jsonDocument, sendDocument } from './constant-document';
import { openApiDocument } from './document';

const DOCS: RouteDeclaration = {
  access: 'public',
  because: 'Documentation; the documented routes require credentials.',
  isManagement: false,
};

/** Serves Swagger UI at `/docs`, without assets of other origins, and the document at `/openapi.json` and `/openapi.yaml`. */
export function serveDocs(app: INestApplication, fastify: FastifyInstance, demo?: Demo): void {
  const document = openApiDocument(app);
  const yaml = stringify(document, { aliasDuplicateObjects: false });
  const serve = (url: string, constant: ConstantDocument) =>
    fastify.get(url, { config: { declaration: DOCS } }, (_request, reply) => sendDocument(reply, constant));
  serve('/openapi.json', jsonDocument(document));
  serve('/openapi.yaml', { type: 'text/yaml; charset=utf-8', body: Buffer.from(yaml) });
  for (const [path, constant] of Object.entries(swaggerUi(document, demo))) serve(`/docs${path}`, constant);
}
