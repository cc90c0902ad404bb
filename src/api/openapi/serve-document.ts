import type { INestApplication } from '@nestjs/common';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { Config } from '../../config/config';
import type { JsonObject } from '../../json/json-value';
import { RequestHook } from '../hooks/request.hook';
import type { RouteDeclaration } from '../routes/route-declaration';
import { type ConstantDocument, revalidated, sendDocument } from './constant-document';
import { openApiDocument } from './document';
import type { Operation } from './operation';
import { getOpenApiJson, getOpenApiYaml } from './operations/service-operations';
import { yamlOf } from './yaml';

const BECAUSE = 'Documentation; the documented routes require credentials.';

/**
 * Serves the OpenAPI document, in production too, and returns a function that makes it. It is made when it is first requested, so that a
 * start need not wait for it.
 */
export function serveDocument(app: INestApplication, fastify: FastifyInstance): () => JsonObject {
  let made: JsonObject | undefined;
  const document = (): JsonObject => {
    made ??= openApiDocument(app.get(RequestHook).routes.routes, app.get(Config).http.publicUrl);
    return made;
  };
  const serve = (url: string, operation: Operation, type: string, render: () => Promise<string>): void => {
    let rendered: Promise<ConstantDocument> | undefined;
    const send = async (reply: FastifyReply): Promise<FastifyReply> => {
      rendered ??= render().then((text) => revalidated({ type, body: Buffer.from(text) }));
      sendDocument(reply, await rendered);
      return reply;
    };
    const declaration: RouteDeclaration = { access: 'public', because: BECAUSE, isManagement: false, operation };
    fastify.get(url, { config: { declaration } }, (_request, reply) => send(reply));
  };
  serve('/openapi.json', getOpenApiJson, 'application/json; charset=utf-8', async () => JSON.stringify(document()));
  serve('/openapi.yaml', getOpenApiYaml, 'text/yaml; charset=utf-8', () => yamlOf(document()));
  return document;
}
