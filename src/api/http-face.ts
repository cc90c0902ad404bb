import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Config } from '../config/config';
import { KNOWN_SECRETS } from '../secrets/known-secrets';
import type { Secret } from '../secrets/secret';
import { Aftermath } from './http/aftermath';
import { BodyBudget } from './http/body-budget';
import { FrontDoor } from './http/front-door';
import { IdempotentWrites } from './http/idempotent-writes';
import { acceptJsonBodies } from './http/json-body';
import { acceptRawBodies } from './http/raw-body';
import { installServerTiming } from './http/server-timing';
import { LOG_WORDS } from './log-words';
import { serveDocs } from './openapi/docs';

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
