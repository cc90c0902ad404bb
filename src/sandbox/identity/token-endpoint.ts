import { hasMediaType, type SandboxRequest } from '../http/sandbox-request';
import { jsonResponse, type SandboxResponse } from '../http/sandbox-response';
import type { SandboxTenant } from '../tenants';
import type { TokenTable } from './token-table';

export const TOKEN_PATH = '/connect/token';

const FORM = 'application/x-www-form-urlencoded';

/** Hubster's OAuth 2.0 token endpoint, client credentials only (RFC 6749, 4.4; docs/hubster.md). */
export class Identity {
  constructor(
    private readonly tenants: readonly SandboxTenant[],
    private readonly tokens: TokenTable,
  ) {}

  /** The tenant with the client id of the form, even if the secret is wrong. */
  tenantOf(request: SandboxRequest): SandboxTenant | undefined {
    const clientId = formOf(request)?.get('client_id');
    return this.tenants.find((tenant) => tenant.clientId === clientId);
  }

  issueToken(request: SandboxRequest): SandboxResponse {
    const form = formOf(request);
    if (!form) return oauthError('invalid_request');
    if (form.get('grant_type') !== 'client_credentials') return oauthError('unsupported_grant_type');
    const tenant = this.tenantOf(request);
    if (!tenant || tenant.clientSecret !== form.get('client_secret')) return oauthError('invalid_client');
    return jsonResponse(
      200,
      {
        access_token: this.tokens.issue(tenant.name),
        expires_in: this.tokens.lifetimeSeconds,
        token_type: 'Bearer',
        scope: 'hubster-portal-api',
      },
      { 'cache-control': 'no-store' },
    );
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
  return hasMediaType(request, FORM) ? new URLSearchParams(request.body) : undefined;
}

function oauthError(error: string): SandboxResponse {
  return jsonResponse(400, { error });
}
