import type { FastifyInstance } from 'fastify';
import type { CallLog } from '../call-log';
import { type FaultList, parseFault } from '../faults/fault';
import { BadFields, Fields, parseJson, readObject, readText } from '../json';
import type { IntegrationStore } from '../portal/integration-store';
import { viewStored } from '../portal/view';
import {
  declareRoutes,
  emptyResponse,
  type Handler,
  jsonResponse,
  readRequest,
  type SandboxRequest,
  type SandboxResponse,
  sendResponse,
} from '../sandbox-http';
import type { SandboxTenant } from '../tenants';
import type { Identity } from '../token-endpoint';
import { seedIntegration } from './seed';
import { webhookResponse } from './webhooks';

/** The state that the control routes change. */
interface ControlState {
  readonly tenants: readonly SandboxTenant[];
  readonly identity: Identity;
  readonly store: IntegrationStore;
  readonly faults: FaultList;
  readonly callLog: CallLog;
}

/** One request to `/sandbox/…`. */
interface ControlCall extends ControlState {
  readonly request: SandboxRequest;
}

/** The routes below `/sandbox`: JSON in and out, 400 with a reason for an invalid body. */
export function controlRoutes(app: FastifyInstance, state: ControlState): void {
  const handle =
    (execute: (call: ControlCall) => SandboxResponse | Promise<SandboxResponse>): Handler =>
    async (request, reply) =>
      sendResponse(reply, await execute({ ...state, request: readRequest(request) }));
  const routes = {
    '/faults': {
      POST: handle(addFault),
      GET: handle(({ faults }) => jsonResponse(200, faults.describe())),
      DELETE: handle(({ faults }) => cleared(faults)),
    },
    '/integrations': { POST: handle(seed), GET: handle(listStored) },
    '/journal': { GET: handle(readCallLog) },
    '/reset': { POST: handle(({ store, callLog, faults }) => cleared(store, callLog, faults)) },
    '/tokens/revoke': { POST: handle(revoke) },
    '/webhooks': { POST: handle(webhook) },
  };
  declareRoutes(app, routes, (allow) => handle(() => jsonResponse(405, { error: 'Method not allowed' }, { allow })));
  app.setNotFoundHandler(handle(() => jsonResponse(404, { error: 'Unknown control route' })));
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof BadFields)) throw error;
    void sendResponse(reply, jsonResponse(400, { error: error.message }));
  });
}

function listStored({ request, tenants, store }: ControlCall): SandboxResponse {
  const tenant = knownTenant(tenants, request.query.get('tenant') ?? '');
  return jsonResponse(200, store.list(tenant).map(viewStored));
}

function seed({ request, tenants, store }: ControlCall): SandboxResponse {
  const fields = bodyFields(request);
  const tenant = knownTenant(tenants, fields.required('tenant', readText));
  const integration = fields.required('integration', readObject);
  const raw = fields.flag('raw');
  const at = fields.optional('at', readObject) ?? {};
  fields.end();
  return jsonResponse(200, viewStored(seedIntegration(store, tenant, { integration, raw, at })));
}

function cleared(...parts: readonly { clear(): void }[]): SandboxResponse {
  for (const part of parts) part.clear();
  return emptyResponse(204);
}

function revoke({ request, tenants, identity }: ControlCall): SandboxResponse {
  const fields = bodyFields(request);
  const tenant = fields.optional('tenant', readText);
  fields.end();
  if (tenant !== undefined) knownTenant(tenants, tenant);
  return jsonResponse(200, { revoked: identity.revoke(tenant) });
}

function addFault({ request, tenants, faults }: ControlCall): SandboxResponse {
  const fault = parseFault(readBody(request));
  if (fault.match.tenant !== undefined) knownTenant(tenants, fault.match.tenant);
  faults.add(fault);
  return jsonResponse(200, { id: fault.id });
}

function readCallLog({ request, callLog }: ControlCall): SandboxResponse {
  const after = request.query.get('after') ?? '0';
  if (!/^\d{1,15}$/.test(after)) throw new BadFields('after must be a seq of the call log');
  return jsonResponse(200, callLog.after(Number(after)));
}

function webhook({ request, tenants, store }: ControlCall): Promise<SandboxResponse> {
  const fields = bodyFields(request);
  return webhookResponse(store, knownTenant(tenants, fields.required('tenant', readText)), fields);
}

function knownTenant(tenants: readonly SandboxTenant[], name: string): string {
  if (!tenants.some((tenant) => tenant.name === name)) throw new BadFields('tenant is not a tenant of the sandbox');
  return name;
}

function bodyFields(request: SandboxRequest): Fields {
  return new Fields(readBody(request), 'body');
}

/** A missing body counts as an empty object. */
function readBody({ body }: SandboxRequest): unknown {
  const value = parseJson(body === '' ? '{}' : body);
  if (value === undefined) throw new BadFields('The body is not JSON');
  return value;
}
