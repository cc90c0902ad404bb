import type { NetworkSettings } from '../../../src/config/network-settings';
import { Deadline, RequestStats } from '../../../src/context/request-context';
import type { Tenant } from '../../../src/context/tenant';
import { SoleReplica } from '../../../src/hubster/fleet/fleet';
import { type CallContext, HubsterClient, type PortalOperation } from '../../../src/hubster/hubster-client';
import { Identity } from '../../../src/hubster/identity/identity';
import { Policy } from '../../../src/hubster/resilience/policy';
import { Attempt } from '../../../src/hubster/transport/attempt';
import { ConnectionPool, hubsterHttpService } from '../../../src/hubster/transport/hubster-http';
import { TransportErrorLog } from '../../../src/hubster/transport/transport-error-log';
import { createLogger } from '../../../src/observability/log/logger';
import { Metrics } from '../../../src/observability/metrics';
import type { ManualClock } from '../manual-clock';
import { networkSettings } from '../network-settings';
import { tenantNamed } from './calls';
import { StubServer } from './stub-server';

export const GET: PortalOperation = {
  name: 'get',
  class: 'read',
  method: 'GET',
  path: '/api/v1/integrations/1',
  maxBytes: 1024 * 1024,
};

export const CREATE: PortalOperation = {
  name: 'create',
  class: 'write',
  method: 'POST',
  path: '/api/v1/integrations/hubs/1',
  body: { configuration: { authToken: 'body-canary' } },
  maxBytes: 1024 * 1024,
};

interface Transport {
  /** The limit of a connection; default: the one of production. */
  readonly connectMs?: number;
  readonly network?: NetworkSettings;
}

/** The real client over real sockets, with the clock and the server of the test. */
export class StubbedClient {
  readonly metrics = new Metrics();
  readonly connections: ConnectionPool;
  readonly logs: string[] = [];
  readonly client: HubsterClient;

  private constructor(
    readonly stub: StubServer,
    readonly clock: ManualClock,
    portalUrl: URL,
    { connectMs, network = networkSettings() }: Transport,
  ) {
    this.connections = new ConnectionPool(clock, { network }, connectMs === undefined ? {} : { timeout: connectMs });
    const http = hubsterHttpService(this.connections, clock);
    const destination = { write: (line: string) => void this.logs.push(line) };
    const logger = createLogger({ level: 'info', format: 'json', destination });
    const policy = new Policy(clock, this.metrics, logger, new SoleReplica(), () => 0);
    const attempt = new Attempt(http, clock, this.metrics, new TransportErrorLog(clock, this.metrics, logger));
    const addresses = { portalUrl, identityUrl: stub.url };
    this.client = new HubsterClient(policy, new Identity(policy, attempt, clock, addresses), attempt, addresses);
  }

  /** Identity is always the stub, and so is the portal without `portalUrl`, which may follow from the stub's. */
  static async start(
    clock: ManualClock,
    portalUrl?: URL | ((stub: URL) => URL),
    transport: Transport = {},
  ): Promise<StubbedClient> {
    const stub = await StubServer.start();
    const url = typeof portalUrl === 'function' ? portalUrl(stub.url) : portalUrl;
    return new StubbedClient(stub, clock, url ?? stub.url, transport);
  }

  context(
    options: { tenant?: Tenant; deadlineMs?: number; signal?: AbortSignal; traceId?: string } = {},
  ): CallContext & {
    readonly stats: RequestStats;
  } {
    const { tenant = tenantNamed('acme'), deadlineMs = 8000, ...rest } = options;
    const deadline = Deadline.after(this.clock, deadlineMs);
    return { tenant, requestId: 'request-1', deadline, stats: new RequestStats(), ...rest };
  }

  /** Retries follow at once, as there is no jitter; the test has to end other waits. */
  async call(
    operation: PortalOperation = GET,
    context: CallContext = this.context(),
  ): Promise<{ status: number; json: unknown }> {
    let isOver = false;
    const result = this.client.call(context, operation).finally(() => {
      isOver = true;
    });
    result.catch(() => undefined);
    while (!isOver) await this.clock.advance(0);
    return result;
  }

  /** The error of a call that has to fail. */
  async failure(operation: PortalOperation = GET, context: CallContext = this.context()): Promise<unknown> {
    return this.call(operation, context).then(
      (response) => {
        throw new Error(`expected a failure, received ${JSON.stringify(response)}`);
      },
      (error: unknown) => error,
    );
  }

  async close(): Promise<void> {
    await this.connections.onApplicationShutdown();
    await this.stub.close();
  }
}
