import type { Tenant } from '../context/tenant';
import { invalidRequest, Problem } from '../problems/problem';
import { parameterViolation, violation } from '../problems/violation';

const HUB_NOT_FOUND = 699;
const INTEGRATION_NOT_FOUND = 799;

/** Whether a tenant may use a hub (S-016). */
export function mayUse(tenant: Tenant, hubId: string): boolean {
  return tenant.hubs === undefined || tenant.hubs.has(hubId);
}

/** Throws `not-found`, without a call to Hubster, for another tenant's hub (S-016). */
export function requireHub(tenant: Tenant, hubId: string): void {
  if (!mayUse(tenant, hubId)) throw new Problem('not-found', { errors: [violation(HUB_NOT_FOUND)] });
}

export function integrationNotFound(): Problem {
  return new Problem('not-found', { errors: [violation(INTEGRATION_NOT_FOUND)] });
}

/** The hub of a collection: a tenant with one listed hub may leave it out, with several it has to name one (S-601). */
export function collectionHub(tenant: Tenant, hubId: string | undefined): string | undefined {
  if (hubId !== undefined) {
    requireHub(tenant, hubId);
    return hubId;
  }
  if (tenant.hubs === undefined) return undefined;
  const [implied, ...others] = tenant.hubs;
  if (others.length > 0) throw invalidRequest([parameterViolation(200, 'hubId')]);
  return implied;
}
