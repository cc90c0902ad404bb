import { randomBytes } from 'node:crypto';
import { hasMediaType, jsonResponse, type SandboxRequest, type SandboxResponse } from './sandbox-http';
import type { SandboxTenant } from './tenants';

export const TOKEN_PATH = '/connect/token';

interface IssuedToken {
  readonly tenant: SandboxTenant;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Hubster's OAuth 2.0 token endpoint, client credentials only (RFC 6749, 4.4; docs/hubster.md), and the tokens it has issued. */
export class Identity {
  readonly #tokens = new Map<string, IssuedToken>();

  constructor(
    private readonly tenants: readonly SandboxTenant[],
    private readonly lifetimeSeconds: number,
  ) {}

  /** The tenant of the request: by client id at the token endpoint, even if the secret is wrong; by a valid token elsewhere. */
  tenantOf(request: SandboxRequest): SandboxTenant | undefined {
    if (request.path === TOKEN_PATH) {
      const clientId = formOf(request)?.get('client_id');
      return this.tenants.find((tenant) => tenant.clientId === clientId);
    }
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const issued = this.#tokens.get(token);
    return issued && issued.expiresAt > Date.now() ? issued.tenant : undefined;
  }

  issueToken(request: SandboxRequest): SandboxResponse {
    const form = formOf(request);
    if (!form) return oauthError('invalid_request');
    if (form.get('grant_type') !== 'client_credentials') return oauthError('unsupported_grant_type');
    const tenant = this.tenantOf(request);
    if (!tenant || tenant.clientSecret !== form.get('client_secret')) return oauthError('invalid_client');
    this.#dropExpired();
    const token = `hpt_${randomBytes(32).toString('base64url')}`;
    this.#tokens.set(token, { tenant, expiresAt: Date.now() + this.lifetimeSeconds * 1000 });
    const body = {
      access_token: token,
      expires_in: this.lifetimeSeconds,
      token_type: 'Bearer',
      scope: 'hubster-portal-api',
    };
    return jsonResponse(200, body, { 'cache-control': 'no-store' });
  }

  /** Revokes the tokens of one tenant, or of all; returns their number. */
  revoke(tenant?: string): number {
    const revoked = [...this.#tokens].filter(([, issued]) => tenant === undefined || issued.tenant.name === tenant);
    for (const [token] of revoked) this.#tokens.delete(token);
    return revoked.length;
  }

  /** All tokens have the same lifetime, so the map begins with the expired ones. */
  #dropExpired(): void {
    for (const [token, { expiresAt }] of this.#tokens) {
      if (expiresAt > Date.now()) return;
      this.#tokens.delete(token);
    }
  }
}

/** The body of a token request with its secret masked; `***` for a body that is not a form. */
export function maskedForm(request: SandboxRequest): string {
  const form = formOf(request);
  if (!form) return request.body === '' ? '' : '***';
  if (form.has('client_secret')) form.set('client_secret', '***');
  return form.toString();
}

function formOf(request: SandboxRequest): URLSearchParams | undefined {
  return hasMediaType(request, 'application/x-www-form-urlencoded') ? new URLSearchParams(request.body) : undefined;
}

function oauthError(error: string): SandboxResponse {
  return jsonResponse(400, { error });
}
