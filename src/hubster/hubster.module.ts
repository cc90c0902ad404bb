import { HttpService } from '@nestjs/axios';
import { Global, Module } from '@nestjs/common';
import { Clock } from '../clock/clock';
import { PortalTokenVerifier } from '../context/tenant';
import { CoordinationRedis } from '../redis/coordination-redis';
import { RedisModule } from '../redis/redis.module';
import { Fleet, SoleReplica } from './fleet/fleet';
import { RedisFleet } from './fleet/redis-fleet';
import { HubsterClient } from './hubster-client';
import { Identity } from './identity/identity';
import { HubsterPortal } from './portal';
import { PortalTokenProbe } from './portal-token-probe';
import { Policy } from './resilience/policy';
import { Attempt } from './transport/attempt';
import { ConnectionPool, hubsterHttpService } from './transport/hubster-http';
import { TransportErrorLog } from './transport/transport-error-log';

/** The only module that calls Hubster. */
@Global()
@Module({
  imports: [RedisModule],
  providers: [
    ConnectionPool,
    { provide: HttpService, inject: [ConnectionPool, Clock], useFactory: hubsterHttpService },
    TransportErrorLog,
    Attempt,
    {
      provide: Fleet,
      inject: [CoordinationRedis, Clock],
      useFactory: (redis: CoordinationRedis, clock: Clock) =>
        redis.isConfigured ? new RedisFleet(redis, clock) : new SoleReplica(),
    },
    Policy,
    Identity,
    HubsterClient,
    HubsterPortal,
    { provide: PortalTokenVerifier, useClass: PortalTokenProbe },
  ],
  exports: [Fleet, Identity, Policy, HubsterClient, HubsterPortal, PortalTokenVerifier],
})
export class HubsterModule {}
