import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Config } from '../config/config';
import { KNOWN_SECRETS } from '../secrets/known-secrets';
import type { Secret } from '../secrets/secret';
import { BodyBudget } from './hooks/body-budget';
import { IdempotentWrites } from './hooks/idempotency.hook';
import { RequestHook } from './hooks/request.hook';
import { ResponseHook } from './hooks/response.hook';
import { installServerTiming } from './hooks/server-timing';
import { serveDocs } from './openapi/docs';
import { REDACTION_ALLOWLIST } from './redaction-allowlist';
import { acceptJsonBodies } from './request/json-body';
import { acceptRawBodies } from './request/raw-body';

/** Puts everything on the HTTP server that is no controller. To be called once, before the application is initialised. */
export function setUpHttp(app: NestFastifyApplication, demoKey?: Secret): void {
  const fastify = app.getHttpAdapter().getInstance();
  const { docs } = app.get(Config).http;
  KNOWN_SECRETS.allow(REDACTION_ALLOWLIST);
  fastify.addHook('onRoute', ({ url }) => KNOWN_SECRETS.allow([url]));
  app.get(RequestHook).install(fastify);
  new BodyBudget().install(fastify);
  app.get(ResponseHook).install(fastify);
  app.get(IdempotentWrites).install(fastify);
  installServerTiming(fastify);
  acceptJsonBodies(fastify);
  acceptRawBodies(fastify);
  if (docs) serveDocs(app, fastify, demoKey);
}
