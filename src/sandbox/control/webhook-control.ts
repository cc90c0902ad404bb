import { readGuid } from '../sandbox-guid';
import { jsonResponse, type SandboxResponse } from '../sandbox-http';
import type { IntegrationStore } from '../store/integration-store';
import { deliverWebhook, loopbackUrl, signWebhook } from '../webhooks';
import { BadFields, type Fields } from './fields';

/** Signs a webhook as Hubster would, and with `deliver` posts it to the integration's own `webhookUrl`. */
export async function webhookResponse(
  store: IntegrationStore,
  tenant: string,
  fields: Fields,
): Promise<SandboxResponse> {
  const integration = store.find(tenant, readGuid(fields.text('integrationId')) ?? '');
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
