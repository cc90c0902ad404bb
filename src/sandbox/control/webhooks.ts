import { createHmac, randomUUID } from 'node:crypto';
import { BadFields, type Fields, own, parseUrl, readGuid, readText } from '../json';
import type { IntegrationStore, StoredIntegration } from '../portal/integration-store';
import { jsonResponse, type SandboxResponse } from '../sandbox-http';

/** Signs a webhook as Hubster would, and with `deliver` posts it to the integration's own `webhookUrl`. */
export async function webhookResponse(
  store: IntegrationStore,
  tenant: string,
  fields: Fields,
): Promise<SandboxResponse> {
  const integration = store.find(tenant, readGuid(fields.required('integrationId', readText)) ?? '');
  const body = fields.any('body');
  const deliver = fields.flag('deliver');
  fields.end();
  if (!integration) throw new BadFields('integrationId does not belong to an integration of the tenant');
  if (body === undefined) throw new BadFields('body is missing');

  const signed = signWebhook(integration, typeof body === 'string' ? body : JSON.stringify(body));
  if (!signed) throw new BadFields('The integration has no signing keys');
  if (!deliver) return jsonResponse(200, signed);
  const url = loopbackUrl(integration);
  if (!url) throw new BadFields('deliver needs a webhookUrl on a loopback host');
  return jsonResponse(200, { ...signed, delivered: { status: await deliverWebhook(url, signed) } });
}

/** A webhook as Hubster sends it; exactly `body` is signed. */
export interface SignedWebhook {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Signs with the current private key (docs/hubster.md); undefined for an integration without keys. */
export function signWebhook(integration: StoredIntegration, body: string): SignedWebhook | undefined {
  const { keys, hubId, integrationId } = integration;
  if (!keys) return undefined;
  return {
    headers: {
      'x-source-system': 'engine.hubster.io',
      'x-hub-id': hubId,
      'x-integration-id': integrationId,
      'x-conversation-id': randomUUID(),
      'x-hubster-public-key': keys.publicSigningKey,
      'x-hubster-signature': createHmac('sha256', keys.privateSigningKey).update(body).digest('base64'),
    },
    body,
  };
}

/** Posts a signed webhook. Returns the receiver's status, or null without a response within 10 s. Does not follow redirects. */
async function deliverWebhook(url: URL, { headers, body }: SignedWebhook): Promise<number | null> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return null;
  }
}

/** The integration's `webhookUrl` if it is a loopback URL: the sandbox calls no other host. */
function loopbackUrl({ configuration }: StoredIntegration): URL | undefined {
  const url = own(configuration, 'webhookUrl');
  const parsed = typeof url === 'string' ? parseUrl(url) : undefined;
  return parsed && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(parsed.hostname) ? parsed : undefined;
}
