import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessModule } from './access/access.module';
import { ApiModule } from './api/api.module';
import { CachedReads } from './api/hooks/cached-reads';
import { serverOptions } from './api/hooks/server-options';
import { setUpHttp } from './api/http-setup';
import { ConnectionLimitReport } from './api/server/connection-limit-report';
import { Connections } from './api/server/connections';
import { availableConnections } from './api/server/descriptor-limit';
import { AuditModule } from './audit/audit.module';
import { CacheModule } from './cache/cache.module';
import { Clock, SystemClock } from './clock/clock';
import { Config, type HubsterAddresses } from './config/config';
import type { TenantsConfig } from './config/tenants/tenants-config';
import type { Scope } from './context/scope';
import { HubsterModule } from './hubster/hubster.module';
import { IntegrationsModule } from './integrations/integrations.module';
import { createLogger, LOGGER, type Logger } from './observability/logger';
import { Metrics } from './observability/metrics';
import { standardLogger } from './observability/standard-logger';
import { RedisModule } from './redis/redis.module';
import type { Secret } from './secrets/secret';
import { SecretKeys } from './secrets/secret-keys';

/** What the application is made of. */
export interface Parts {
  readonly config: Config;
  readonly tenants: TenantsConfig<Scope>;
  readonly hubster: HubsterAddresses;
  /** In demo: the key that Swagger UI offers. */
  readonly demoKey?: Secret;
  /** Tests own the time. */
  readonly clock?: Clock;
  /** Where log lines go; default: standard output. */
  readonly log?: { write(line: string): void };
}

interface AppDependencies extends Omit<Parts, 'log'> {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly connections: Connections;
}

/** The floor plan: a request comes in at `api`, is answered from `cache` or by `integrations`, which asks `hubster`. */
@Module({})
export class AppModule {
  static of({ config, tenants, hubster, clock, metrics, logger, connections }: AppDependencies): DynamicModule {
    const foundation = [
      { provide: Config, useValue: config },
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
        HubsterModule.of(hubster),
        IntegrationsModule,
        ApiModule,
      ],
    };
  }
}

/** The one set-up of the application, for `start-sandbox.ts` and the tests alike. It does not listen yet. */
export async function createApp(parts: Parts): Promise<NestFastifyApplication> {
  let cachedReads: CachedReads | undefined;
  const { clock = new SystemClock(), config, log } = parts;
  const metrics = new Metrics();
  const logger = log ? createLogger({ ...config.log, destination: log }) : standardLogger(config.log, metrics);
  const connections = new Connections(new SystemClock(), new ConnectionLimitReport(metrics, logger, clock));
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.of({ ...parts, clock, metrics, logger, connections }),
    new FastifyAdapter({
      ...serverOptions({
        connections,
        maxConnections: availableConnections(config.http.maxConnections),
        fastPath: (request, response) => cachedReads?.respond(request, response) === true,
      }),
      // There is no middleware of Nest's, so no request has to ask whether there is any.
      skipMiddie: true,
    }),
    { bodyParser: false, logger: false, abortOnError: false },
  );
  setUpHttp(app, parts.demoKey);
  cachedReads = app.get(CachedReads);
  return app.init();
}
