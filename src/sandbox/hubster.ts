import { matchRoute } from './http/router';
import type { SandboxRequest } from './http/sandbox-request';
import { emptyResponse, type SandboxResponse } from './http/sandbox-response';
import { Identity, TOKEN_PATH } from './identity/token-endpoint';
import type { TokenTable } from './identity/token-table';
import { type Outcome, unchanged } from './portal/portal-call';
import { generalErrorResponse, PortalRefusal } from './portal/portal-error';
import { PORTAL_ROUTES } from './portal/portal-routes';
import type { IntegrationStore } from './store/integration-store';
import type { SandboxTenant } from './tenants';

interface HubsterParts {
  readonly tenants: readonly SandboxTenant[];
  readonly tokens: TokenTable;
  readonly store: IntegrationStore;
  readonly quirks: boolean;
}

/** Identity and portal behind one port: what Hubster would answer if nothing went wrong on the way. */
export class Hubster {
  readonly #identity: Identity;

  constructor(private readonly parts: HubsterParts) {
    this.#identity = new Identity(parts.tenants, parts.tokens);
  }

  /** Whose request this is: by client id at the token endpoint, by a token that is in force elsewhere. */
  tenantOf(request: SandboxRequest): SandboxTenant | undefined {
    if (request.path === TOKEN_PATH) return this.#identity.tenantOf(request);
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const name = token && this.parts.tokens.tenantOf(token);
    return this.parts.tenants.find((tenant) => tenant.name === name);
  }

  /** Carries the request out. Synchronous, so that no two requests ever interleave. */
  perform(request: SandboxRequest): Outcome {
    if (request.path === TOKEN_PATH) {
      return unchanged(request.method === 'POST' ? this.#identity.issueToken(request) : wrongVerb(['POST']));
    }
    const match = matchRoute(PORTAL_ROUTES, request);
    if (!match) return unchanged(general(404));
    if ('allow' in match) return unchanged(wrongVerb(match.allow));
    const tenant = this.tenantOf(request);
    if (!tenant) return unchanged(general(401));
    try {
      return match.route.handle({ tenant, request, ...this.parts }, match.parameters);
    } catch (error) {
      if (error instanceof PortalRefusal) return unchanged(error.response);
      throw error;
    }
  }
}

function general(status: number): SandboxResponse {
  return generalErrorResponse(status) ?? emptyResponse(status);
}

function wrongVerb(allow: readonly string[]): SandboxResponse {
  return emptyResponse(405, { allow: allow.join(', ') });
}
