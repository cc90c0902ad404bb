import type { SandboxRequest, SandboxResponse } from '../sandbox-http';
import type { IntegrationStore } from '../store/integration-store';
import type { SandboxTenant } from '../tenants';

/** What a mutation did. */
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
