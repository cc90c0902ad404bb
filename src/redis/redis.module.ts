import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../clock/clock';
import { Config } from '../config/config';
import { LOGGER, type Logger } from '../observability/logger';
import { Metrics } from '../observability/metrics';
import { RedisConnection } from './redis-connection';

/** The connection to Redis; `undefined` where Redis is not configured, and all state stays in the process. */
export const REDIS = Symbol('REDIS');

@Module({
  providers: [
    {
      provide: REDIS,
      inject: [Config, Clock, Metrics, LOGGER],
      useFactory: async (config: Config, clock: Clock, metrics: Metrics, logger: Logger) => {
        if (!config.redisUrl) return undefined;
        const connection = new RedisConnection({ url: config.redisUrl }, clock, metrics, logger);
        await connection.open();
        return connection;
      },
    },
  ],
  exports: [REDIS],
})
export class RedisModule implements OnApplicationShutdown {
  constructor(@Inject(REDIS) private readonly connection: RedisConnection | undefined) {}

  async onApplicationShutdown(): Promise<void> {
    await this.connection?.close();
  }
}
