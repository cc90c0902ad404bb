import { once } from 'node:events';
import type { Server } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Config } from '../../config/config';
import { Connections } from './connections';
import { availableConnections } from './descriptor-limit';
import { createHttpServer } from './http-server';
import { listening } from './listen';

/** Probes and scrapers are few. */
const MAX_CONNECTIONS = 64;

/** Serves health and metrics on the management port, if one is configured, and resolves to its URL. */
export async function listenForManagement(app: NestFastifyApplication): Promise<string | undefined> {
  const { managementPort, host } = app.get(Config).http;
  if (managementPort === undefined) return undefined;
  const fastify = app.getHttpAdapter().getInstance();
  const server = createHttpServer({
    connections: app.get(Connections),
    isManagement: true,
    maxConnections: availableConnections(MAX_CONNECTIONS),
    listener: (request, response) => fastify.routing(request, response),
  });
  await listening('MANAGEMENT_PORT', () => once(server.listen(managementPort, host), 'listening'));
  return urlOf(server);
}

function urlOf(server: Server): string | undefined {
  const address = server.address();
  if (address === null || typeof address === 'string') return undefined;
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
