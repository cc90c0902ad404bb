import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Config } from '../config/config';
import { KNOWN_SECRETS } from '../secrets/known-secrets';
import type { Secret } from '../secrets/secret';
import { BodyBudget } from './hooks/body-budget';
import { IdempotentWrites } from './hooks/idempotency.hook';
import { FrontDoor } from './hooks/request.hook';
import { Aftermath } from './hooks/response.hook';
import { installServerTiming } from './hooks/server-timing';
import { serveDocs } from './openapi/docs';
import { LOG_WORDS } from './redaction-allowlist';
import { acceptJsonBodies } from './request/json-body';
import { acceptRawBodies } from './request/raw-body';

/** Puts everything on the HTTP server that is no controller. To be called once, before the application is initialised. */
export function installHttpFace(app: NestFastifyApplication, demoKey?: Secret): void {
  const fastify = app.getHttpAdapter().getInstance();
  const { docs } = app.get(Config).http;
  KNOWN_SECRETS.leaveReadable(LOG_WORDS);
  fastify.addHook('onRoute', ({ url }) => KNOWN_SECRETS.leaveReadable([url]));
  app.get(FrontDoor).install(fastify);
  new BodyBudget().install(fastify);
  app.get(Aftermath).install(fastify);
  app.get(IdempotentWrites).install(fastify);
  installServerTiming(fastify);
  acceptJsonBodies(fastify);
  acceptRawBodies(fastify);
  if (docs) serveDocs(app, fastify, demoKey);
}
