import { createServer, type Server, type ServerResponse } from 'node:http';
import { CallLog } from './call-log';
import { type ControlDependencies, control } from './control/control';
import { FaultInjector } from './fault-injector';
import { FaultList } from './faults/fault-list';
import { deliver } from './http/deliver';
import { requestListener } from './http/request-listener';
import type { SandboxRequest } from './http/sandbox-request';
import { Hubster } from './hubster';
import { TokenTable } from './identity/token-table';
import { IntegrationStore } from './store/integration-store';
import { checkTenants, demoTenants, type SandboxTenant } from './tenants';

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
}

export interface Sandbox {
  /** Base URL of identity, portal and control routes, without a trailing slash. */
  readonly url: string;
  readonly tenants: readonly SandboxTenant[];
  /** Stops at once: open sockets are destroyed, requests in flight get no response. */
  close(): Promise<void>;
}

const THIRTY_DAYS = 30 * 24 * 60 * 60;

/** Longer than any client keeps idle connections, so that the sandbox never closes one first. */
const KEEP_ALIVE_MS = 10 * 60 * 1000;

/** Starts a sandbox with its own state in memory. Rejects if it cannot listen or the tenants are invalid. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', port = 0, quirks = true, tokenLifetimeSeconds = THIRTY_DAYS } = options;
  const tenants = checkTenants(options.tenants ?? demoTenants());
  const state: ControlDependencies = {
    tenants,
    tokens: new TokenTable(tokenLifetimeSeconds),
    store: new IntegrationStore(),
    faults: new FaultList(),
    callLog: new CallLog(),
  };
  const stopping = new AbortController();
  const { signal } = stopping;
  const injector = new FaultInjector({ ...state, hubster: new Hubster({ ...state, quirks }), signal });
  const serve = async (request: SandboxRequest, response: ServerResponse): Promise<void> =>
    request.path.startsWith('/sandbox/')
      ? deliver(response, await control(state, request), {}, signal)
      : injector.serve(request, response);
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, requestListener(serve, signal));

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    url: urlOf(host, server),
    tenants,
    close: () =>
      new Promise((resolve) => {
        stopping.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function urlOf(host: string, server: Server): string {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
