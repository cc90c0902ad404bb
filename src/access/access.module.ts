import { type DynamicModule, Module } from '@nestjs/common';
import { Clock } from '../clock/clock';
import type { TenantsConfig } from '../config/tenants-config';
import type { Scope } from '../context/scope';
import { LOGGER, type Logger } from '../observability/logger';
import { Metrics } from '../observability/metrics';
import { REDIS, RedisModule } from '../redis/redis.module';
import type { RedisConnection } from '../redis/redis-connection';
import { Access } from './access';
import { Directory } from './directory';
import { FailedAttempts } from './limits/failed-attempts';
import { Limits } from './limits/limits';
import { Bearers } from './tokens/bearers';
import { keyFetcher } from './tokens/fetch-keys';
import { TokenVerifier } from './tokens/token-verifier';

@Module({})
export class AccessModule {
  static of(tenants: TenantsConfig<Scope>): DynamicModule {
    return {
      module: AccessModule,
      imports: [RedisModule],
      global: true,
      providers: [
        { provide: Directory, useValue: new Directory(tenants) },
        {
          provide: TokenVerifier,
          inject: [Clock, LOGGER, Metrics],
          useFactory: (clock: Clock, logger: Logger, metrics: Metrics) =>
            new TokenVerifier(clock, keyFetcher(logger, metrics)),
        },
        {
          provide: Limits,
          inject: [Clock, REDIS],
          useFactory: (clock: Clock, redis: RedisConnection | undefined) => new Limits(clock, redis),
        },
        FailedAttempts,
        Bearers,
        Access,
      ],
      exports: [Access, Directory, Limits, FailedAttempts],
    };
  }
}
