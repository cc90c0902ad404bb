import 'reflect-metadata';
import { createServer } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { makeApiKey } from './access/api-key';
import { Lifecycle } from './api/lifecycle';
import { TenantsReload } from './api/tenants-reload';
import { createApp, type Parts } from './app.module';
import { limitHeapGrowth } from './cache/heap-growth';
import { Clock } from './clock/clock';
import type { Config } from './config/config';
import { type DemoKey, demoTenants } from './config/demo-tenants';
import { readTextFile } from './config/environment';
import { loadTenants } from './config/load-tenants';
import { loadTenantsAside } from './config/load-tenants-aside';
import { readConfig } from './config/read-config';
import { watchContent } from './config/watch-content';
import { SCOPES } from './context/scope';
import { logEvent } from './observability/log-events';
import { LOGGER, type Logger } from './observability/logger';
import { Metrics } from './observability/metrics';
import { welcome } from './observability/welcome';
import { withholdReports } from './observability/withhold-reports';
import { startSandbox } from './sandbox/sandbox';

/** How long a stop may take before it is forced, in milliseconds (design 10). */
const STOP_WITHIN_MS = 27_000;

async function start(): Promise<void> {
  const config = readConfig(process.env);
  const { parts, demo, stopSandbox } = await prepare(config);
  const app = await createApp(parts);
  await app.listen(config.http.port, config.http.host);
  const closeManagement = await listenForManagement(app, config);
  app.get(Metrics).observeProcess();
  const stopWatching = keepTenantsCurrent(app, config);
  app.get(Lifecycle).ready();
  const logger = app.get<Logger>(LOGGER);
  if (!demo && !config.redisUrl) logEvent(logger, 'process.alone');
  if (config.otelEndpoint) logEvent(logger, 'process.untraced');

  const stop = async (): Promise<void> => {
    app.get(Lifecycle).drain();
    stopWatching();
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    await app.close();
    await Promise.all([closeManagement(), stopSandbox()]);
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
  process.stdout.write(welcome({ url: await app.getUrl(), config, demo }));
}

interface Prepared {
  readonly parts: Parts;
  readonly demo?: { readonly keys: readonly DemoKey[]; readonly hubs: readonly (readonly string[])[] };
  readonly stopSandbox: () => Promise<void>;
}

/** Outside demo: Hubster and tenants as configured. In demo: a sandbox, and a key for each of its tenants. */
async function prepare(config: Config): Promise<Prepared> {
  if (config.tenants.kind !== 'demo' && config.hubster) {
    const tenants = loadTenants(config.tenants, { env: process.env, readFile: readTextFile, scopes: SCOPES });
    return { parts: { config, tenants, hubster: config.hubster }, stopSandbox: async () => undefined };
  }
  const sandbox = await startSandbox(config.sandbox);
  const demo = demoTenants(sandbox.tenants, makeApiKey, SCOPES);
  const url = new URL(sandbox.url);
  const [first] = demo.keys;
  return {
    parts: {
      config,
      tenants: demo.config,
      hubster: { portalUrl: url, identityUrl: url },
      ...(first && { demoKey: first.key }),
    },
    demo: { keys: demo.keys, hubs: sandbox.tenants.map(({ hubs }) => hubs) },
    stopSandbox: () => sandbox.close(),
  };
}

/** Reads the tenants file again on SIGHUP, which secrets in files of their own need, and whenever its content changes. */
function keepTenantsCurrent(app: NestFastifyApplication, { tenants: source }: Config): () => void {
  if (source.kind !== 'file') return () => undefined;
  const reload = () => void app.get(TenantsReload).apply(() => loadTenantsAside({ source, scopes: SCOPES }));
  process.on('SIGHUP', reload);
  return watchContent(source.path, app.get(Clock), reload);
}

/** Health and metrics on a port of their own, when one is configured; the same routes, told apart by the front door. */
async function listenForManagement(app: NestFastifyApplication, config: Config): Promise<() => Promise<void>> {
  const { managementPort, host } = config.http;
  if (managementPort === undefined) return async () => undefined;
  const fastify = app.getHttpAdapter().getInstance();
  const server = createServer((request, response) => fastify.routing(request, response));
  await new Promise<void>((resolve) => {
    server.listen(managementPort, host, resolve);
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
}

withholdReports();
limitHeapGrowth();
start().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'Stagedoor could not start.'}\n`);
  process.exit(1);
});
