import type { Sandbox } from '../../src/sandbox/sandbox';

/** A token of the sandbox's first tenant, as a caller with passthrough has it. */
export async function portalToken({ url, tenants: [tenant] }: Pick<Sandbox, 'url' | 'tenants'>): Promise<string> {
  const { clientId = '', clientSecret = '' } = tenant ?? {};
  const grant = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const issued = await fetch(`${url}/connect/token`, { method: 'POST', body: new URLSearchParams(grant) });
  const { access_token: token = '' }: { access_token?: string } = JSON.parse(await issued.text());
  return token;
}
