import { once } from 'node:events';
import type { Server } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Config, ConfigError, type ConfigViolation } from '../../config/config';
import type { VariableName } from '../../config/environment/variables';
import { availableConnections } from './connection-limit';
import { Connections } from './connections';
import { createHttpServer } from './http-server';

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

/** Runs `listen`. If the port is not available, rejects with a `ConfigError` for the variable that names it. */
export async function listening<T>(variable: VariableName, listen: () => Promise<T>): Promise<T> {
  try {
    return await listen();
  } catch (error) {
    const violation = error instanceof Error ? violationOf(variable, error) : undefined;
    throw violation ? new ConfigError([violation]) : error;
  }
}

function violationOf(
  variable: VariableName,
  error: Error & { code?: string; address?: string; port?: number },
): ConfigViolation | undefined {
  switch (error.code) {
    case 'EADDRINUSE': {
      const taken = `${error.address}:${error.port}`;
      return {
        name: variable,
        expected: `a port that no other process listens on, unlike ${taken}; ${variable}=0 takes a free one`,
      };
    }
    case 'EACCES':
      return { name: variable, expected: 'a port that this user may listen on' };
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return { name: 'HOST', expected: 'an address of this machine' };
    default:
      return undefined;
  }
}
