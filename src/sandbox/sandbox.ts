import { createServer, type Server, type ServerResponse } from 'node:http';
import { CallLog } from './call-log';
import { type ControlParts, control } from './control/control';
import { FaultList } from './faults/fault-list';
import { deliver } from './http/deliver';
import { requestListener } from './http/request-listener';
import type { SandboxRequest } from './http/sandbox-request';
import { Hubster } from './hubster';
import { TokenTable } from './identity/token-table';
import { IntegrationStore } from './store/integration-store';
import { checkTenants, demoTenants, type SandboxTenant } from './tenants';
import { Upstream } from './upstream';

export type { SandboxTenant } from './tenants';

export interface SandboxOptions {
  /** 127.0.0.1 */
  readonly host?: string;
  /** 0, which takes a free port. */
  readonly port?: number;
  /** True: answers show the document's inconsistencies. */
  readonly quirks?: boolean;
  /** The demo tenants `acme` and `globex`, with random secrets. */
  readonly tenants?: readonly SandboxTenant[];
  /** 2,592,000: 30 days. */
  readonly tokenLifetimeSeconds?: number;
}

export interface Sandbox {
  /** Of identity, portal and control routes alike, without a slash at the end. */
  readonly url: string;
  readonly tenants: readonly SandboxTenant[];
  /** Ends at once: open sockets are destroyed, requests under way get no answer. */
  close(): Promise<void>;
}

const THIRTY_DAYS = 30 * 24 * 60 * 60;

/** Idle connections are kept longer than any client keeps them, so that it is never the sandbox that ends one by accident. */
const KEEP_ALIVE_MS = 10 * 60 * 1000;

/** Starts a Hubster of its own, with all state in memory. Rejects if it cannot listen or the tenants contradict each other. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', port = 0, quirks = true, tokenLifetimeSeconds = THIRTY_DAYS } = options;
  const tenants = checkTenants(options.tenants ?? demoTenants());
  const parts: ControlParts = {
    tenants,
    tokens: new TokenTable(tokenLifetimeSeconds),
    store: new IntegrationStore(),
    faults: new FaultList(),
    callLog: new CallLog(),
  };
  const stopping = new AbortController();
  const { signal } = stopping;
  const upstream = new Upstream({ ...parts, hubster: new Hubster({ ...parts, quirks }), signal });
  const serve = async (request: SandboxRequest, response: ServerResponse): Promise<void> =>
    request.path.startsWith('/sandbox/')
      ? deliver(response, await control(parts, request), {}, signal)
      : upstream.serve(request, response);
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
