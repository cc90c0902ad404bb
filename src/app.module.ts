import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessModule } from './access/access.module';
import { ApiModule } from './api/api.module';
import { serverOptions } from './api/hooks/server-options';
import { setUpHttp } from './api/http-setup';
import { TrustedProxies } from './api/server/client-address';
import { availableConnections } from './api/server/connection-limit';
import { ConnectionLimitReport } from './api/server/connection-limit-report';
import { Connections } from './api/server/connections';
import { AuditModule } from './audit/audit.module';
import { CacheModule } from './cache/cache.module';
import { Clock, SystemClock } from './clock/clock';
import { Config, HubsterAddresses } from './config/config';
import type { Demo } from './config/demo';
import type { TenantsConfig } from './config/tenants/tenants-config';
import type { Scope } from './context/caller';
import { HubsterModule } from './hubster/hubster.module';
import { IntegrationsModule } from './integrations/integrations.module';
import { standardOutput } from './observability/log/bounded-output';
import { logEvent } from './observability/log/log-events';
import { createLogger, LOGGER, type Logger } from './observability/log/logger';
import { Metrics } from './observability/metrics';
import { RedisModule } from './redis/redis.module';
import { SecretKeys } from './secrets/secret-keys';

/** The arguments of `createApp`. */
export interface AppOptions {
  readonly config: Config;
  readonly tenants: TenantsConfig<Scope>;
  readonly hubster: HubsterAddresses;
  /** In demo mode: what its pages show. */
  readonly demo?: Demo;
  /** Tests set it; default: the system's clock. */
  readonly clock?: Clock;
  /** The destination of log lines; default: standard output. */
  readonly log?: { write(line: string): void };
}

interface AppDependencies extends Omit<AppOptions, 'log'> {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly connections: Connections;
}

/** The modules: `api` receives requests and serves them from `cache` or through `integrations`, which calls `hubster`. */
@Module({})
export class AppModule {
  static with({ config, tenants, hubster, demo, clock, metrics, logger, connections }: AppDependencies): DynamicModule {
    const foundation = [
      { provide: Config, useValue: config },
      { provide: HubsterAddresses, useValue: hubster },
      { provide: Clock, useValue: clock },
      { provide: Connections, useValue: connections },
      { provide: SecretKeys, useValue: new SecretKeys(config.secretKey, config.previousSecretKey) },
      { provide: Metrics, useValue: metrics },
      { provide: LOGGER, useValue: logger },
    ];
    return {
      module: AppModule,
      global: true,
      providers: foundation,
      exports: foundation,
      imports: [
        AccessModule.of(tenants, hubster.identityUrl),
        RedisModule,
        CacheModule,
        AuditModule,
        HubsterModule,
        IntegrationsModule,
        ApiModule.of(demo),
      ],
    };
  }
}

/** Builds the application, for `service.ts` and the tests. It does not listen yet. */
export async function createApp(options: AppOptions): Promise<NestFastifyApplication> {
  const { clock = new SystemClock(), config, log } = options;
  const metrics = new Metrics();
  const logger = log ? createLogger({ ...config.log, destination: log }) : standardLogger(config.log, metrics);
  const report = new ConnectionLimitReport(metrics, logger, clock);
  const { publicUrl, trustedProxies } = config.http;
  const proxies = new TrustedProxies(trustedProxies);
  const connections = new Connections(new SystemClock(), report, { proxies, publicUrl });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.with({ ...options, clock, metrics, logger, connections }),
    new FastifyAdapter({
      ...serverOptions({ connections, maxConnections: availableConnections(config.http.maxConnections), publicUrl }),
      // Stagedoor has no Nest middleware, so requests need not pass through its support.
      skipMiddie: true,
    }),
    { bodyParser: false, logger: false, abortOnError: false },
  );
  setUpHttp(app, options.demo);
  return app.init();
}

/** The log of the process, on standard output. Dropped lines are counted, and logged as an event when the output is read again. */
function standardLogger(options: Config['log'], metrics: Metrics): Logger {
  const output = standardOutput();
  const hasColors = process.stdout.isTTY && process.stdout.hasColors();
  const logger = createLogger({ ...options, destination: output, hasColors });
  output.listen({
    onDrop: (lines) => metrics.logLinesDropped.inc(lines),
    onRecover: (lines) => logEvent(logger, 'log.lines-dropped', { lines }),
  });
  return logger;
}
