import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AuditModule } from '../audit/audit.module';
import { CacheModule } from '../cache/cache.module';
import { DEMO, type Demo } from '../config/demo';
import { IdempotencyModule } from '../idempotency/idempotency.module';
import { IntegrationsModule } from '../integrations/integrations.module';
import { RedisModule } from '../redis/redis.module';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { AuditController } from './controllers/audit.controller';
import { CacheController } from './controllers/cache.controller';
import { CallerController } from './controllers/caller.controller';
import { ChannelsController } from './controllers/channels.controller';
import { HealthController } from './controllers/health.controller';
import { IntegrationsController } from './controllers/integrations.controller';
import { MetricsController } from './controllers/metrics.controller';
import { ProblemsController } from './controllers/problems.controller';
import { SecretsController } from './controllers/secrets.controller';
import { WebhooksController } from './controllers/webhooks.controller';
import { DemoController } from './demo/demo.controller';
import { CachedReads } from './hooks/cached-reads';
import { IdempotentWrites } from './hooks/idempotency.hook';
import { OverloadHook } from './hooks/overload.hook';
import { RequestHook } from './hooks/request.hook';
import { AccessLog, ResponseHook } from './hooks/response.hook';
import { SecretComparisons } from './hooks/secret-comparisons';
import { Lifecycle, Shutdown } from './operations/lifecycle';
import { LogLevel } from './operations/log-level';
import { Readiness } from './operations/readiness';
import { ReconcileOnStart } from './operations/reconcile-on-start';
import { TenantsReload } from './operations/tenants-reload';
import { CurrentTenants } from './request/request-state';
import { ProblemFilter } from './response/problem.filter';
import { UnsentResponses } from './response/unsent-responses';

@Module({
  imports: [IntegrationsModule, WebhooksModule, CacheModule, AuditModule, IdempotencyModule, RedisModule],
  controllers: [
    IntegrationsController,
    ChannelsController,
    CacheController,
    AuditController,
    WebhooksController,
    SecretsController,
    CallerController,
    ProblemsController,
    HealthController,
    MetricsController,
  ],
  providers: [
    RequestHook,
    SecretComparisons,
    CurrentTenants,
    ResponseHook,
    CachedReads,
    AccessLog,
    IdempotentWrites,
    OverloadHook,
    UnsentResponses,
    Lifecycle,
    Shutdown,
    LogLevel,
    TenantsReload,
    ReconcileOnStart,
    { provide: APP_FILTER, useClass: ProblemFilter },
    Readiness,
  ],
})
export class ApiModule {
  /** With the routes of the demo, if there is one. */
  static of(demo?: Demo): DynamicModule {
    if (!demo) return { module: ApiModule };
    return { module: ApiModule, controllers: [DemoController], providers: [{ provide: DEMO, useValue: demo }] };
  }
}
