import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { openApiSchemas } from './schemas';

const INTRODUCTION = `The guarded back entrance to Hubster: its Integrations API with the same verbs, paths and bodies, but
without secrets in its responses. Authorise with an API key; errors are RFC 9457 problems, all explained at \`/problems\`.`;

/** The OpenAPI document: operations from the controllers, schemas from the channels' declarations. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Stagedoor')
    .setDescription(INTRODUCTION)
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'apiKey')
    .addBearerAuth({ type: 'http', scheme: 'bearer' }, 'bearer')
    .addGlobalParameters({ in: 'header', name: 'X-Tenant-Id', required: false, schema: { type: 'string' } });
  const document = SwaggerModule.createDocument(app, builder.build(), { autoTagControllers: false });
  describeScopes(document);
  return { ...document, components: { ...document.components, schemas: openApiSchemas() } };
}

/** In the description, as Swagger UI shows neither extensions nor the scopes of API keys. */
function describeScopes({ paths }: OpenAPIObject): void {
  for (const { get, post, patch, delete: remove } of Object.values(paths)) {
    for (const operation of [get, post, patch, remove]) {
      const scope: unknown = operation && Object(operation)['x-scope'];
      if (!operation || typeof scope !== 'string') continue;
      const needs = scope === 'any' ? 'Allowed for every caller.' : `Requires the scope \`${scope}\`.`;
      operation.description = [operation.description, needs].filter(Boolean).join('\n\n');
    }
  }
}
