import { matchRoute } from './http/router';
import type { Exchange } from './http/sandbox-request';
import { type Answer, emptyAnswer } from './http/sandbox-response';
import { Identity, TOKEN_PATH } from './identity/token-endpoint';
import type { TokenTable } from './identity/token-table';
import { type Outcome, unchanged } from './portal/portal-call';
import { generalErrorAnswer, PortalRefusal } from './portal/portal-error';
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
  tenantOf(exchange: Exchange): SandboxTenant | undefined {
    if (exchange.path === TOKEN_PATH) return this.#identity.tenantOf(exchange);
    const token = /^Bearer +(\S+)$/i.exec(exchange.headers.authorization ?? '')?.[1];
    const name = token && this.parts.tokens.tenantOf(token);
    return this.parts.tenants.find((tenant) => tenant.name === name);
  }

  /** Carries the request out. Synchronous, so that no two requests ever interleave. */
  perform(exchange: Exchange): Outcome {
    if (exchange.path === TOKEN_PATH) {
      return unchanged(exchange.method === 'POST' ? this.#identity.issueToken(exchange) : wrongVerb(['POST']));
    }
    const match = matchRoute(PORTAL_ROUTES, exchange);
    if (!match) return unchanged(general(404));
    if ('allow' in match) return unchanged(wrongVerb(match.allow));
    const tenant = this.tenantOf(exchange);
    if (!tenant) return unchanged(general(401));
    try {
      return match.route.handle({ tenant, exchange, ...this.parts }, match.parameters);
    } catch (error) {
      if (error instanceof PortalRefusal) return unchanged(error.answer);
      throw error;
    }
  }
}

function general(status: number): Answer {
  return generalErrorAnswer(status) ?? emptyAnswer(status);
}

function wrongVerb(allow: readonly string[]): Answer {
  return emptyAnswer(405, { allow: allow.join(', ') });
}
