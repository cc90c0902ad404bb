import { readGuid } from '../sandbox-guid';
import type { StoredIntegration } from '../store/stored-integration';
import type { PortalCall } from './portal-call';
import { rejection } from './portal-error';

/** The lower-cased id. Throws PRT000203 for a value that is not a GUID. */
export function requireGuid(name: string, value: unknown): string {
  const guid = typeof value === 'string' ? readGuid(value) : undefined;
  if (guid === undefined) throw rejection(203, `Parameter '${name}' is not a valid GUID.`);
  return guid;
}

/** Throws PRT000699 for an unknown hub, and for one of another tenant. */
export function ownHub({ tenant }: PortalCall, hubId: string): string {
  if (!tenant.hubs.includes(hubId)) throw rejection(699);
  return hubId;
}

/** Throws PRT000799 for an unknown integration, and for one of another tenant. */
export function ownIntegration({ store, tenant }: PortalCall, integrationId: string): StoredIntegration {
  const integration = store.find(tenant.name, integrationId);
  if (!integration) throw rejection(799);
  return integration;
}
