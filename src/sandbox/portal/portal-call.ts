import { readGuid } from '../json';
import type { SandboxRequest, SandboxResponse } from '../sandbox-http';
import type { SandboxTenant } from '../tenants';
import type { IntegrationStore, StoredIntegration } from './integration-store';
import { rejection } from './portal-error';

/** The effect of a mutation. */
export interface Effect {
  readonly kind: 'created' | 'updated' | 'deleted';
  readonly integrationId: string;
  readonly hubId: string;
  readonly name: string;
}

/** The regular response to a request, and its effect. */
export interface Outcome {
  readonly response: SandboxResponse;
  readonly effect: Effect | null;
}

/** An authenticated call of the portal. */
export interface PortalCall {
  readonly tenant: SandboxTenant;
  readonly request: SandboxRequest;
  readonly store: IntegrationStore;
  readonly quirks: boolean;
}

/** The outcome of a request without an effect. */
export function unchanged(response: SandboxResponse): Outcome {
  return { response, effect: null };
}

/** The lower-cased id. Throws PRT000203 for a value that is not a GUID. */
export function requireGuid(name: string, value: unknown): string {
  const guid = readGuid(value);
  if (guid === undefined) throw rejection(203, `Parameter '${name}' is not a valid GUID.`);
  return guid;
}

/** Throws PRT000699 for an unknown hub, and for one of another tenant. */
export function ownHub({ tenant }: PortalCall, hubId: string): string {
  if (!tenant.hubs.includes(hubId)) throw rejection(699);
  return hubId;
}

/** The integration with this id, by default that of the path. Throws PRT000799 for an unknown one, and for one of another tenant. */
export function ownIntegration(call: PortalCall, id?: string): StoredIntegration {
  const { store, tenant, request } = call;
  const integration = store.find(tenant.name, id ?? requireGuid('integrationId', request.parameters['integrationId']));
  if (!integration) throw rejection(799);
  return integration;
}
