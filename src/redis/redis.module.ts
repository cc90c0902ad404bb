import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../clock/clock';
import { Config } from '../config/config';
import { LOGGER, type Logger } from '../observability/logger';
import { Metrics } from '../observability/metrics';
import { NoRedis, Redis } from './redis';
import { RedisConnection } from './redis-connection';

@Module({
  providers: [{ provide: Redis, inject: [Config, Clock, Metrics, LOGGER], useFactory: openRedis }],
  exports: [Redis],
})
export class RedisModule implements OnApplicationShutdown {
  constructor(private readonly redis: Redis) {}

  onApplicationShutdown(): Promise<void> {
    return this.redis.close();
  }
}

async function openRedis({ redisUrl }: Config, clock: Clock, metrics: Metrics, logger: Logger): Promise<Redis> {
  if (!redisUrl) return new NoRedis();
  const connection = new RedisConnection({ url: redisUrl }, clock, metrics, logger);
  await connection.open();
  return connection;
}
