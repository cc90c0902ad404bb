import { Controller, HttpCode, Post, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AuditTrail, actorOf } from '../../audit/audit-trail';
import { guidOf } from '../../context/request-context';
import { type WebhookVerification, WebhookVerifier } from '../../webhooks/webhook-verifier';
import { verifyWebhook } from '../openapi/operations/secret-operations';
import { rawBodyOf } from '../request/body';
import { NoQueryPipe } from '../request/pipes';
import { CurrentTenants, contextOf } from '../request/request-state';
import { BASE_PATH, ForCallers } from '../routes/route-declaration';

/** Verifies webhooks of Hubster for callers, who then need no private key. */
@Controller(`${BASE_PATH}/webhooks`)
export class WebhooksController {
  constructor(
    private readonly verifier: WebhookVerifier,
    private readonly audit: AuditTrail,
    private readonly tenants: CurrentTenants,
  ) {}

  @Post('verify')
  @HttpCode(200)
  @ForCallers('webhooks:verify', { action: 'webhook.verify' }, { takesRawBody: true, operation: verifyWebhook })
  async verify(@Query(NoQueryPipe) _query: unknown, @Req() request: FastifyRequest): Promise<WebhookVerification> {
    const integrationId = header(request, 'x-integration-id');
    const webhook = {
      integrationId,
      hubId: header(request, 'x-hub-id'),
      keyName: header(request, 'x-hubster-public-key'),
      signature: header(request, 'x-hubster-signature'),
      body: rawBodyOf(request),
    };
    const verification = await this.tenants.read(request, (context) => this.verifier.verify(context, webhook));
    this.#record(request, guidOf(integrationId), verification);
    return verification;
  }

  /** Not awaited: webhooks have to be received even while the trail fails. */
  #record(request: FastifyRequest, id: string | undefined, verification: WebhookVerification): void {
    this.audit
      .event(actorOf(contextOf(request)), {
        action: 'webhook.verify',
        target: { type: 'integration', ...(id !== undefined && { id }) },
        ...(verification.valid ? { outcome: 'success' } : { outcome: 'refused', code: verification.reason }),
        status: 200,
      })
      .catch(() => undefined);
  }
}

/** Undefined for an absent header. */
function header({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
