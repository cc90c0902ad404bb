import { once } from 'node:events';
import type { Server } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Config, ConfigError } from '../../config/config';
import type { VariableName } from '../../config/environment/variables';
import { availableConnections } from './connection-limit';
import { Connections } from './connections';
import { createHttpServer } from './http-server';

/** Probes and scrapers are few. */
const MAX_CONNECTIONS = 64;

/** By Node's error code, the expected value of the variable. */
const EXPECTATIONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'a port that no other process listens on',
  EACCES: 'a port that this user may listen on',
};

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

/** Runs `listen`. If the port is not available, rejects with a `ConfigError` for the variable that names it. */
export async function listening<T>(variable: VariableName, listen: () => Promise<T>): Promise<T> {
  try {
    return await listen();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const expected = EXPECTATIONS[code];
    if (expected !== undefined) throw new ConfigError([{ name: variable, expected }]);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new ConfigError([{ name: 'HOST', expected: 'an address of this machine' }]);
    }
    throw error;
  }
}
