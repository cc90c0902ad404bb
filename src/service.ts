import 'reflect-metadata';
import { setImmediate } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { apiKeyOf } from './access/api-key';
import { OverloadHook } from './api/hooks/overload.hook';
import { Lifecycle, Shutdown } from './api/operations/lifecycle';
import { LogLevel } from './api/operations/log-level';
import type { RememberedSignal } from './api/operations/signals';
import { releaseMemoryOfStart } from './api/operations/start-memory';
import { TenantsReload } from './api/operations/tenants-reload';
import { listenForManagement, listening } from './api/server/listen';
import { type AppOptions, createApp } from './app.module';
import { AuditTrail } from './audit/audit-trail';
import { Clock } from './clock/clock';
import { Config } from './config/config';
import { configDigest } from './config/config-digest';
import type { Demo } from './config/demo';
import { logLevelIn } from './config/environment/log-level-file';
import type { Configuration } from './config/read-configuration';
import { demoTenants } from './config/tenants/demo-tenants';
import type { TenantsFile } from './config/tenants/tenants-file';
import { watchContent } from './config/tenants/watch-content';
import { SCOPES, type Scope } from './context/caller';
import { standardOutput } from './observability/log/bounded-output';
import { logEvent } from './observability/log/log-events';
import { LOGGER, type Logger } from './observability/log/logger';
import { Metrics } from './observability/metrics';
import { startupBanner } from './observability/startup-banner';
import { startSandbox } from './sandbox/sandbox';
import { SecretKeys } from './secrets/secret-keys';

/** The time to seal the trail when the process ends immediately, in milliseconds. */
const SAVE_TRAIL_MS = 1000;

/** The running service, as `main.ts` uses it. */
export interface Service {
  /** Finishes received requests, seals the trail and releases all resources. */
  stop(): Promise<void>;
  /** How long `stop` may take before the process is ended, in milliseconds. */
  readonly stopsWithinMs: number;
  /** Seals the trail, within a second. */
  saveTrail(): Promise<void>;
}

/** Signals to the process. */
interface Signals {
  /** Aborted when the service has to stop. */
  readonly stop: AbortSignal;
  readonly reload: RememberedSignal;
  /** To change the log level. */
  readonly level: RememberedSignal;
}

/** Starts the service. If `stop` is aborted meanwhile, no port is opened; `Service.stop` releases the rest. */
export async function startService(configuration: Configuration<Scope>, signals: Signals): Promise<Service> {
  const { config, tenants } = configuration;
  const { options, stopSandbox } = await prepare(configuration);
  const app = await createApp(options);
  const [shutdown, logger] = [app.get(Shutdown), app.get<Logger>(LOGGER)];
  releaseMemoryOfStart();
  const watches: (() => void)[] = [];
  const release = async (): Promise<void> => {
    for (const stopWatching of watches) stopWatching();
    await shutdown.run();
    await Promise.all([app.close(), stopSandbox()]);
  };
  const service: Service = {
    stop: async () => {
      const began = performance.now();
      logEvent(logger, 'server.stopping', { ...shutdown.limits });
      await release();
      logEvent(logger, 'server.stopped', { durationMs: Math.round(performance.now() - began) });
    },
    stopsWithinMs: shutdown.limits.allMs,
    saveTrail: () => Promise.race([app.get(AuditTrail).seal(), app.get(Clock).sleep(SAVE_TRAIL_MS)]),
  };
  // Signals are delivered in a tick, and the start may have needed none; between two of these there is a whole one.
  await setImmediate();
  await setImmediate();
  if (signals.stop.aborted) return service;
  try {
    watches.push(await keepLogLevelCurrent(app, signals.level));
    const url = await listen(app, config);
    const managementUrl = await listenForManagement(app);
    app.get(Metrics).observeProcess();
    app.get(OverloadHook).start();
    app.get(Lifecycle).ready();
    announce({ app, config, demo: options.demo, url, managementUrl });
    watches.push(await keepTenantsCurrent(app, tenants?.file, signals.reload));
  } catch (error) {
    // The reason is the only line that a person should have to read.
    if (logger.isLevelEnabled('info')) logger.level = 'warn';
    await release();
    throw error;
  }
  return service;
}

interface Prepared {
  readonly options: AppOptions;
  readonly stopSandbox: () => Promise<void>;
}

/** Outside demo mode: Hubster and tenants as configured. In demo mode: a sandbox with integrations, and keys that follow from `SECRET_KEY`. */
async function prepare({ config, tenants: configured }: Configuration<Scope>): Promise<Prepared> {
  if (configured && config.hubster) {
    const options = { config, tenants: await configured.first, hubster: config.hubster };
    return { options, stopSandbox: async () => undefined };
  }
  const sandbox = await listening('SANDBOX_PORT', () => startSandbox({ ...config.sandbox, isSeeded: true }));
  const secretKeys = new SecretKeys(config.secretKey);
  const keyOf = (caller: string) => apiKeyOf(secretKeys.mac('demo', caller));
  const { config: tenants, keys } = demoTenants(sandbox.tenants, keyOf, { all: SCOPES, read: ['integrations:read'] });
  const url = new URL(sandbox.url);
  const demo = { keys, hubs: Object.fromEntries(sandbox.tenants.map(({ name, hubs }) => [name, hubs])), sandbox };
  return {
    options: { config, tenants, hubster: { portalUrl: url, identityUrl: url }, demo },
    stopSandbox: () => sandbox.close(),
  };
}

async function listen(app: NestFastifyApplication, { http }: Config): Promise<string> {
  await listening('PORT', () => app.listen(http.port, http.host));
  return app.getUrl();
}

interface Started {
  readonly app: NestFastifyApplication;
  readonly config: Config;
  readonly demo: Demo | undefined;
  readonly url: string;
  readonly managementUrl: string | undefined;
}

function announce({ app, config, demo, url, managementUrl }: Started): void {
  const logger = app.get<Logger>(LOGGER);
  if (!demo && !config.redis) logEvent(logger, 'redis.not-configured');
  if (config.otelEndpoint) logEvent(logger, 'traces.unsupported');
  const addresses = { url, ...(managementUrl !== undefined && { managementUrl }) };
  logEvent(logger, 'server.listening', { ...addresses, mode: config.mode, configDigest: configDigest(config) });
  const lifecycle = app.get(Lifecycle);
  // As for readiness: a trail that cannot be written yet keeps the service from being ready.
  void app.get(AuditTrail).started.then(() => {
    if (lifecycle.isReady) logEvent(logger, 'server.ready');
  });
  standardOutput().write(startupBanner({ url, managementUrl, config, demo }));
}

/** Changes the log level at each SIGUSR2, and whenever the content of `LOG_LEVEL_FILE` does. Returns a function that ends the second. */
async function keepLogLevelCurrent(app: NestFastifyApplication, signal: RememberedSignal): Promise<() => void> {
  const logLevel = app.get(LogLevel);
  signal.listen(() => logLevel.next());
  const { levelFile } = app.get(Config).log;
  if (levelFile === undefined) return () => undefined;
  return watchContent(levelFile, app.get(Clock), () => logLevel.configure(logLevelIn(levelFile)));
}

/**
 * Reads the tenants file again whenever its content changes, and on SIGHUP, as the files of secrets are not watched. Returns a function
 * that ends this.
 */
async function keepTenantsCurrent(
  app: NestFastifyApplication,
  file: TenantsFile<Scope> | undefined,
  signal: RememberedSignal,
): Promise<() => void> {
  if (!file) return () => undefined;
  const reload = () => void app.get(TenantsReload).apply(() => file.read());
  signal.listen(reload);
  const stopWatching = await watchContent(file.path, app.get(Clock), reload);
  return () => {
    signal.listen(() => undefined);
    stopWatching();
  };
}
