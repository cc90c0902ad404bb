import type { CallLog } from '../call-log';
import type { FaultList } from '../faults/fault-list';
import { parseFault } from '../faults/parse-fault';
import { matchRoute, type Route } from '../http/router';
import type { SandboxRequest } from '../http/sandbox-request';
import { emptyResponse, jsonResponse, type SandboxResponse } from '../http/sandbox-response';
import type { TokenTable } from '../identity/token-table';
import { parseJson } from '../json';
import { viewStored } from '../portal/view';
import type { IntegrationStore } from '../store/integration-store';
import type { SandboxTenant } from '../tenants';
import { BadFields, Fields } from './fields';
import { seedIntegration } from './seed';
import { webhookResponse } from './webhook-control';

/** The state that the control routes change. */
export interface ControlDependencies {
  readonly tenants: readonly SandboxTenant[];
  readonly tokens: TokenTable;
  readonly store: IntegrationStore;
  readonly faults: FaultList;
  readonly callLog: CallLog;
}

/** One request to `/sandbox/…`. */
interface ControlCall extends ControlDependencies {
  readonly request: SandboxRequest;
}

type ControlRoute = Route<ControlCall, SandboxResponse | Promise<SandboxResponse>>;

const ROUTES: readonly ControlRoute[] = [
  { method: 'POST', path: '/sandbox/integrations', handle: seed },
  {
    method: 'GET',
    path: '/sandbox/integrations',
    handle: ({ request, tenants, store }) =>
      jsonResponse(200, store.list(knownTenant(tenants, request.query.get('tenant') ?? '')).map(viewStored)),
  },
  { method: 'POST', path: '/sandbox/reset', handle: reset },
  { method: 'POST', path: '/sandbox/tokens/revoke', handle: revoke },
  { method: 'POST', path: '/sandbox/faults', handle: addFault },
  { method: 'GET', path: '/sandbox/faults', handle: ({ faults }) => jsonResponse(200, faults.describe()) },
  { method: 'DELETE', path: '/sandbox/faults', handle: clearFaults },
  { method: 'GET', path: '/sandbox/journal', handle: readCallLog },
  { method: 'POST', path: '/sandbox/webhooks', handle: webhook },
];

/** Handles a control request: JSON in and out, 400 with a reason for an invalid body. */
export async function control(dependencies: ControlDependencies, request: SandboxRequest): Promise<SandboxResponse> {
  const match = matchRoute(ROUTES, request);
  if (!match) return controlError(404, 'Unknown control route');
  if ('allow' in match) return jsonResponse(405, { error: 'Method not allowed' }, { allow: match.allow.join(', ') });
  try {
    return await match.route.handle({ ...dependencies, request }, match.parameters);
  } catch (error) {
    if (error instanceof BadFields) return controlError(400, error.message);
    throw error;
  }
}

function seed({ request, tenants, store }: ControlCall): SandboxResponse {
  const fields = bodyFields(request);
  const tenant = knownTenant(tenants, fields.text('tenant'));
  const integration = fields.object('integration');
  const raw = fields.flag('raw');
  const at = fields.optional('at', (name) => fields.object(name)) ?? {};
  fields.end();
  return jsonResponse(200, viewStored(seedIntegration(store, tenant, { integration, raw, at })));
}

function reset({ store, callLog, faults }: ControlCall): SandboxResponse {
  store.clear();
  callLog.clear();
  faults.clear();
  return emptyResponse(204);
}

function revoke({ request, tenants, tokens }: ControlCall): SandboxResponse {
  const fields = bodyFields(request);
  const tenant = fields.optional('tenant', (name) => knownTenant(tenants, fields.text(name)));
  fields.end();
  return jsonResponse(200, { revoked: tokens.revoke(tenant) });
}

function addFault({ request, tenants, faults }: ControlCall): SandboxResponse {
  const fault = parseFault(bodyValue(request));
  if (fault.match.tenant !== undefined) knownTenant(tenants, fault.match.tenant);
  faults.add(fault);
  return jsonResponse(200, { id: fault.id });
}

function clearFaults({ faults }: ControlCall): SandboxResponse {
  faults.clear();
  return emptyResponse(204);
}

function readCallLog({ request, callLog }: ControlCall): SandboxResponse {
  const after = request.query.get('after') ?? '0';
  if (!/^\d{1,15}$/.test(after)) throw new BadFields('after must be a seq of the call log');
  return jsonResponse(200, callLog.after(Number(after)));
}

function webhook({ request, tenants, store }: ControlCall): Promise<SandboxResponse> {
  const fields = bodyFields(request);
  return webhookResponse(store, knownTenant(tenants, fields.text('tenant')), fields);
}

function knownTenant(tenants: readonly SandboxTenant[], name: string): string {
  if (!tenants.some((tenant) => tenant.name === name)) throw new BadFields('tenant is not a tenant of the sandbox');
  return name;
}

/** A missing body counts as an empty object. */
function bodyFields(request: SandboxRequest): Fields {
  return new Fields(bodyValue(request), 'body');
}

function bodyValue({ body }: SandboxRequest): unknown {
  const parsed = parseJson(body === '' ? '{}' : body);
  if (!parsed.ok) throw new BadFields('The body is not JSON');
  return parsed.value;
}

function controlError(status: number, error: string): SandboxResponse {
  return jsonResponse(status, { error });
}
