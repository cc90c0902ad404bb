import { HttpService } from '@nestjs/axios';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Clock } from '../clock/clock';
import type { HubsterAddresses } from '../config/config';
import { PortalTokenVerifier } from '../context/tenant';
import { LOGGER, type Logger } from '../observability/logger';
import { Metrics } from '../observability/metrics';
import { HubsterClient } from './hubster-client';
import { Identity } from './identity/identity';
import { HubsterPortal } from './portal';
import { PortalTokenProbe } from './portal-token-probe';
import { Policy } from './resilience/policy';
import { Attempt } from './transport/attempt';
import { ConnectionPool } from './transport/connection-pool';
import { HubsterHttp, plainHttpService } from './transport/hubster-http';
import { TransportErrorLog } from './transport/transport-error-log';

/** The only module that calls Hubster. Global, because `main` creates it once, with the addresses it has. */
@Global()
@Module({})
export class HubsterModule {
  static of({ portalUrl, identityUrl }: HubsterAddresses): DynamicModule {
    return {
      module: HubsterModule,
      providers: [
        { provide: ConnectionPool, inject: [Clock], useFactory: (clock: Clock) => new ConnectionPool(clock) },
        {
          provide: HttpService,
          inject: [ConnectionPool],
          useFactory: plainHttpService,
        },
        {
          provide: HubsterClient,
          inject: [HttpService, Clock, Metrics, LOGGER],
          useFactory: (http: HttpService, clock: Clock, metrics: Metrics, logger: Logger) => {
            const policy = new Policy(clock, metrics);
            const attempt = new Attempt(
              new HubsterHttp(http),
              clock,
              metrics,
              new TransportErrorLog(clock, metrics, logger),
            );
            const identity = new Identity(policy, attempt, clock, identityUrl);
            return new HubsterClient(policy, identity, attempt, portalUrl);
          },
        },
        {
          provide: PortalTokenVerifier,
          inject: [HubsterClient, Clock],
          useFactory: (client: HubsterClient, clock: Clock) => new PortalTokenProbe(client, clock),
        },
        {
          provide: HubsterPortal,
          inject: [HubsterClient, Metrics],
          useFactory: (client: HubsterClient, metrics: Metrics) => new HubsterPortal(client, metrics),
        },
      ],
      exports: [HubsterClient, HubsterPortal, PortalTokenVerifier],
    };
  }
}
