import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../clock/clock';
import { Config } from '../config/config';
import type { RedisSettings } from '../config/redis-settings';
import { LOGGER, type Logger } from '../observability/log/logger';
import { Metrics } from '../observability/metrics';
import { CoordinationRedis } from './coordination-redis';
import { NoRedis, Redis } from './redis';
import { RedisConnection } from './redis-connection';

@Module({
  providers: [
    {
      provide: Redis,
      inject: [Config, Clock, Metrics, LOGGER],
      useFactory: ({ redis }: Config, clock: Clock, metrics: Metrics, logger: Logger) =>
        redis ? openRedis(redis, clock, metrics, logger) : new NoRedis(),
    },
    {
      provide: CoordinationRedis,
      inject: [Config, Clock, Metrics, LOGGER, Redis],
      useFactory: async ({ coordinationRedis }: Config, clock: Clock, metrics: Metrics, logger: Logger, redis: Redis) =>
        (coordinationRedis ? await openRedis(coordinationRedis, clock, metrics, logger) : redis).coordination,
    },
  ],
  exports: [Redis, CoordinationRedis],
})
export class RedisModule implements OnApplicationShutdown {
  constructor(
    private readonly redis: Redis,
    private readonly coordination: CoordinationRedis,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.redis.close(), this.coordination.close()]);
  }
}

async function openRedis(settings: RedisSettings, clock: Clock, metrics: Metrics, logger: Logger): Promise<Redis> {
  const connection = new RedisConnection(settings, clock, metrics, logger);
  await connection.open();
  return connection;
}
