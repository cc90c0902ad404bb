import type { Journal } from '../call-log';
import type { FaultList } from '../faults/fault-list';
import { parseFault } from '../faults/parse-fault';
import { matchRoute, type Route } from '../http/router';
import type { Exchange } from '../http/sandbox-request';
import { type Answer, emptyAnswer, jsonAnswer } from '../http/sandbox-response';
import type { TokenTable } from '../identity/token-table';
import { parseJson } from '../json';
import { viewTruth } from '../portal/view';
import type { IntegrationStore } from '../store/integration-store';
import type { SandboxTenant } from '../tenants';
import { BadFields, Fields } from './fields';
import { seedIntegration } from './seed';
import { answerWebhook } from './webhook-control';

/** What the control routes act on. */
export interface ControlParts {
  readonly tenants: readonly SandboxTenant[];
  readonly tokens: TokenTable;
  readonly store: IntegrationStore;
  readonly faults: FaultList;
  readonly journal: Journal;
}

/** One request to `/sandbox/…`. */
interface ControlCall extends ControlParts {
  readonly exchange: Exchange;
}

type ControlRoute = Route<ControlCall, Answer | Promise<Answer>>;

const ROUTES: readonly ControlRoute[] = [
  { method: 'POST', path: '/sandbox/integrations', handle: seed },
  {
    method: 'GET',
    path: '/sandbox/integrations',
    handle: ({ exchange, tenants, store }) =>
      jsonAnswer(200, store.list(knownTenant(tenants, exchange.query.get('tenant') ?? '')).map(viewTruth)),
  },
  { method: 'POST', path: '/sandbox/reset', handle: reset },
  { method: 'POST', path: '/sandbox/tokens/revoke', handle: revoke },
  { method: 'POST', path: '/sandbox/faults', handle: addFault },
  { method: 'GET', path: '/sandbox/faults', handle: ({ faults }) => jsonAnswer(200, faults.describe()) },
  { method: 'DELETE', path: '/sandbox/faults', handle: clearFaults },
  { method: 'GET', path: '/sandbox/journal', handle: readJournal },
  { method: 'POST', path: '/sandbox/webhooks', handle: webhook },
];

/** Answers a control request: JSON in and out, 400 with a reason for a script that cannot be used. */
export async function control(parts: ControlParts, exchange: Exchange): Promise<Answer> {
  const match = matchRoute(ROUTES, exchange);
  if (!match) return controlError(404, 'There is no such control route');
  if ('allow' in match) return jsonAnswer(405, { error: 'Wrong verb' }, { allow: match.allow.join(', ') });
  try {
    return await match.route.handle({ ...parts, exchange }, match.parameters);
  } catch (error) {
    if (error instanceof BadFields) return controlError(400, error.message);
    throw error;
  }
}

function seed({ exchange, tenants, store }: ControlCall): Answer {
  const fields = bodyFields(exchange);
  const tenant = knownTenant(tenants, fields.text('tenant'));
  const integration = fields.object('integration');
  const raw = fields.flag('raw');
  const at = fields.optional('at', (name) => fields.object(name)) ?? {};
  fields.end();
  return jsonAnswer(200, viewTruth(seedIntegration(store, tenant, { integration, raw, at })));
}

function reset({ store, journal, faults }: ControlCall): Answer {
  store.clear();
  journal.clear();
  faults.clear();
  return emptyAnswer(204);
}

function revoke({ exchange, tenants, tokens }: ControlCall): Answer {
  const fields = bodyFields(exchange);
  const tenant = fields.optional('tenant', (name) => knownTenant(tenants, fields.text(name)));
  fields.end();
  return jsonAnswer(200, { revoked: tokens.revoke(tenant) });
}

function addFault({ exchange, tenants, faults }: ControlCall): Answer {
  const fault = parseFault(bodyValue(exchange));
  if (fault.match.tenant !== undefined) knownTenant(tenants, fault.match.tenant);
  faults.add(fault);
  return jsonAnswer(200, { id: fault.id });
}

function clearFaults({ faults }: ControlCall): Answer {
  faults.clear();
  return emptyAnswer(204);
}

function readJournal({ exchange, journal }: ControlCall): Answer {
  const after = exchange.query.get('after') ?? '0';
  if (!/^\d{1,15}$/.test(after)) throw new BadFields('after must be a seq of the journal');
  return jsonAnswer(200, journal.after(Number(after)));
}

function webhook({ exchange, tenants, store }: ControlCall): Promise<Answer> {
  const fields = bodyFields(exchange);
  return answerWebhook(store, knownTenant(tenants, fields.text('tenant')), fields);
}

function knownTenant(tenants: readonly SandboxTenant[], name: string): string {
  if (!tenants.some((tenant) => tenant.name === name)) throw new BadFields('tenant is not one of the sandbox');
  return name;
}

/** No body is an empty object. */
function bodyFields(exchange: Exchange): Fields {
  return new Fields(bodyValue(exchange), 'body');
}

function bodyValue({ body }: Exchange): unknown {
  const parsed = parseJson(body === '' ? '{}' : body);
  if (!parsed.ok) throw new BadFields('The body is not JSON');
  return parsed.value;
}

function controlError(status: number, error: string): Answer {
  return jsonAnswer(status, { error });
}
