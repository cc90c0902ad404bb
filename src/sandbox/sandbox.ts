import { CallLog } from './call-log';
import { controlRoutes } from './control/control-routes';
import { seedDemoIntegrations } from './control/demo-integrations';
import { type SignedWebhook, signWebhook } from './control/webhooks';
import { FaultList, failingCalls } from './faults/fault';
import { hubsterRoutes } from './hubster-routes';
import { IntegrationStore } from './portal/integration-store';
import { createHttpServer } from './sandbox-http';
import { checkTenants, demoTenants, type SandboxTenant } from './tenants';
import { Identity } from './token-endpoint';

export type { SandboxTenant } from './tenants';

export interface SandboxOptions {
  /** 127.0.0.1 */
  readonly host?: string;
  /** 0: any free port. */
  readonly port?: number;
  /** True: responses have the document's inconsistencies. */
  readonly quirks?: boolean;
  /** The demo tenants `acme` and `globex`, with random secrets. */
  readonly tenants?: readonly SandboxTenant[];
  /** 2,592,000: 30 days. */
  readonly tokenLifetimeSeconds?: number;
  /** True: starts with the integrations of the demo, for the tenants that have their hubs. */
  readonly isSeeded?: boolean;
}

export interface Sandbox {
  /** Base URL of identity, portal and control routes, without a trailing slash. */
  readonly url: string;
  readonly tenants: readonly SandboxTenant[];
  /** The next `times` calls of the tenant to the portal get 503; replaces what was set before for this tenant. */
  failNextCalls(tenant: string, times: number): void;
  /** A webhook as Hubster sends it; undefined for an unknown integration, or one that signs no webhooks. */
  signWebhook(tenant: string, integrationId: string, body: string): SignedWebhook | undefined;
  /** Stops at once: open sockets are destroyed, requests in flight get no response. */
  close(): Promise<void>;
}

const THIRTY_DAYS = 30 * 24 * 60 * 60;

/** Starts a sandbox with its own state in memory. Rejects if it cannot listen or the tenants are invalid. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', port = 0, quirks = true, tokenLifetimeSeconds = THIRTY_DAYS } = options;
  const tenants = checkTenants(options.tenants ?? demoTenants());
  const state = {
    tenants,
    identity: new Identity(tenants, tokenLifetimeSeconds),
    store: new IntegrationStore(),
    faults: new FaultList(),
    callLog: new CallLog(),
  };
  const { store, faults } = state;
  if (options.isSeeded) seedDemoIntegrations(store, tenants);
  const stopping = new AbortController();
  const app = createHttpServer();
  hubsterRoutes(app, { ...state, quirks, signal: stopping.signal });
  app.register(
    (control, _options, done) => {
      controlRoutes(control, state);
      done();
    },
    { prefix: '/sandbox' },
  );

  await app.listen({ host, port });
  const address = app.server.address();
  const listeningPort = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${listeningPort}`,
    tenants,
    failNextCalls: (tenant, times) => faults.replace(failingCalls(tenant, times)),
    signWebhook: (tenant, integrationId, body) => {
      const integration = store.find(tenant, integrationId);
      return integration && signWebhook(integration, body);
    },
    close: async () => {
      await app.close();
      // After the sockets are gone, so that no interrupted request gets a response.
      stopping.abort();
    },
  };
}
