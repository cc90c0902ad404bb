import { timingSafeEqual } from 'node:crypto';
import { secretsOf } from '../channels/mask-configuration';
import type { RequestContext } from '../context/request-context';
import type { Integration } from '../hubster/integration';
import { toProblem } from '../hubster/outcome/hubster-error';
import type { HubsterPortal } from '../hubster/portal';
import { invalidRequest } from '../problems/invalid-request';
import { parameterViolation } from '../problems/violation';
import type { SecretKeys } from '../secrets/secret-keys';
import { integrationNotFound, mayUse } from './hub-rules';
import { type SigningKeyPair, signingKeyOf } from './signing-key';

const NOT_SUPPORTED = 206;

/** An integration, as far as webhooks are concerned. */
export interface WebhookSource {
  readonly hubId: string;
  /** Absent where Hubster signs no webhooks for it. */
  readonly key?: SigningKeyPair;
}

/** A value to compare with a secret. */
export interface Comparison {
  readonly value: string;
  /** Called when there is something to compare it with; throws where that is too often. */
  readonly admit: () => Promise<void>;
}

/** What may be done with the secrets of an integration without handing them out. Always asks Hubster, never the cache. */
export class IntegrationSecrets {
  constructor(
    private readonly portal: HubsterPortal,
    private readonly keys: SecretKeys,
    private readonly readMs: number,
  ) {}

  /** The key that its webhooks are signed with. Throws `not-found`, also for what the tenant may not use (S-016). */
  async webhookSource(context: RequestContext, integrationId: string): Promise<WebhookSource> {
    const integration = await this.read(context, integrationId);
    const key = signingKeyOf(integration);
    return { hubId: integration.hubId, ...(key && { key }) };
  }

  /**
   * Whether a secret of the integration is `value`; in constant time, as both sides are hashed under a key of ours.
   * Throws `not-found`, `validation-failed` for a field that the channel does not declare as secret, and what `admit` throws.
   */
  async matches(
    context: RequestContext,
    integrationId: string,
    field: string,
    { value, admit }: Comparison,
  ): Promise<boolean> {
    const { channel, configuration } = await this.read(context, integrationId);
    if (!channel.fields.some(({ name, secret }) => name === field && secret)) {
      throw invalidRequest([parameterViolation(NOT_SUPPORTED, 'field', 'No secret of this channel has this name.')]);
    }
    await admit();
    const secret = secretsOf(channel, configuration.reveal()).get(field);
    return timingSafeEqual(this.hash(value), this.hash(secret ?? '')) && secret !== undefined;
  }

  private async read(context: RequestContext, integrationId: string): Promise<Integration> {
    const call = { ...context, deadline: context.deadline.within(this.readMs) };
    const integration = await this.portal.get(call, integrationId).catch((error: unknown) => {
      throw toProblem(error, { write: false });
    });
    if (!mayUse(context.tenant, integration.hubId)) throw integrationNotFound();
    return integration;
  }

  private hash(value: string): Buffer {
    return this.keys.mac('fingerprint', 'compare', value);
  }
}
