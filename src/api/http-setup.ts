import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Config } from '../config/config';
import type { Demo } from '../config/demo';
import { KNOWN_SECRETS } from '../secrets/known-secrets';
import { CachedReads } from './hooks/cached-reads';
import { IdempotentWrites } from './hooks/idempotency.hook';
import { OverloadHook } from './hooks/overload.hook';
import { RequestHook } from './hooks/request.hook';
import { ResponseHook } from './hooks/response.hook';
import { serveDocs } from './openapi/docs';
import { serveDocument } from './openapi/serve-document';
import { serveAssets } from './pages/assets';
import { serveStartPage } from './pages/start-page';
import { REDACTION_ALLOWLIST } from './redaction-allowlist';
import { acceptJsonBodies, acceptRawBodies, BodyBudget } from './request/body';
import { UnsentResponses } from './response/unsent-responses';

/** Installs hooks, parsers and documents. Call it once, before the application is initialised. */
export function setUpHttp(app: NestFastifyApplication, demo?: Demo): void {
  const fastify = app.getHttpAdapter().getInstance();
  const config = app.get(Config);
  KNOWN_SECRETS.allow(REDACTION_ALLOWLIST);
  fastify.addHook('onRoute', ({ url }) => KNOWN_SECRETS.allow([url]));
  app.get(RequestHook).install(fastify);
  app.get(CachedReads).install(fastify);
  app.get(OverloadHook).install(fastify);
  const bodies = new BodyBudget();
  bodies.install(fastify);
  app.get(ResponseHook).install(fastify);
  app.get(IdempotentWrites).install(fastify);
  app.get(UnsentResponses).install(fastify);
  acceptJsonBodies(fastify, (request) => bodies.receive(request));
  acceptRawBodies(fastify, (request) => bodies.receive(request));
  serveAssets(fastify);
  const document = serveDocument(app, fastify);
  if (!config.http.docs) return;
  serveStartPage(fastify, config, demo);
  serveDocs(fastify, document, demo);
}
