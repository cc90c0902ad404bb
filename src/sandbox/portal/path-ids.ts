import { readGuid } from '../sandbox-guid';
import type { StoredIntegration } from '../store/stored-integration';
import type { PortalCall } from './portal-call';
import { refusal } from './portal-error';

/** The lower-cased id. Throws PRT000203 for what is no GUID. */
export function guidOf(name: string, value: string | undefined): string {
  const guid = readGuid(value ?? '');
  if (guid === undefined) throw refusal(203, `Parameter '${name}' is not a valid GUID.`);
  return guid;
}

/** Throws PRT000699 for a hub of another tenant as for one that never was. */
export function ownHub({ tenant }: PortalCall, hubId: string): string {
  if (!tenant.hubs.includes(hubId)) throw refusal(699);
  return hubId;
}

/** Throws PRT000799 for an integration of another tenant as for one that never was. */
export function ownIntegration({ store, tenant }: PortalCall, integrationId: string): StoredIntegration {
  const integration = store.find(tenant.name, integrationId);
  if (!integration) throw refusal(799);
  return integration;
}
