import { matchRoute } from './http/router';
import type { SandboxRequest } from './http/sandbox-request';
import { emptyResponse, type SandboxResponse } from './http/sandbox-response';
import { Identity, TOKEN_PATH } from './identity/token-endpoint';
import type { TokenTable } from './identity/token-table';
import { type Outcome, unchanged } from './portal/portal-call';
import { generalErrorResponse, PortalRejection } from './portal/portal-error';
import { PORTAL_ROUTES } from './portal/portal-routes';
import type { IntegrationStore } from './store/integration-store';
import type { SandboxTenant } from './tenants';

interface HubsterOptions {
  readonly tenants: readonly SandboxTenant[];
  readonly tokens: TokenTable;
  readonly store: IntegrationStore;
  readonly quirks: boolean;
}

/** Identity and portal of Hubster, without faults. */
export class Hubster {
  readonly #identity: Identity;

  constructor(private readonly options: HubsterOptions) {
    this.#identity = new Identity(options.tenants, options.tokens);
  }

  /** The tenant of the request: by client id at the token endpoint, by a valid token elsewhere. */
  tenantOf(request: SandboxRequest): SandboxTenant | undefined {
    if (request.path === TOKEN_PATH) return this.#identity.tenantOf(request);
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const name = token && this.options.tokens.tenantOf(token);
    return this.options.tenants.find((tenant) => tenant.name === name);
  }

  /** Executes the request. Synchronous, so that requests never interleave. */
  perform(request: SandboxRequest): Outcome {
    if (request.path === TOKEN_PATH) {
      return unchanged(request.method === 'POST' ? this.#identity.issueToken(request) : methodNotAllowed(['POST']));
    }
    const match = matchRoute(PORTAL_ROUTES, request);
    if (!match) return unchanged(generalError(404));
    if ('allow' in match) return unchanged(methodNotAllowed(match.allow));
    const tenant = this.tenantOf(request);
    if (!tenant) return unchanged(generalError(401));
    try {
      return match.route.handle({ tenant, request, ...this.options }, match.parameters);
    } catch (error) {
      if (error instanceof PortalRejection) return unchanged(error.response);
      throw error;
    }
  }
}

function generalError(status: number): SandboxResponse {
  return generalErrorResponse(status) ?? emptyResponse(status);
}

function methodNotAllowed(allow: readonly string[]): SandboxResponse {
  return emptyResponse(405, { allow: allow.join(', ') });
}
