import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { secretsOf } from '../channels/mask-configuration';
import { Config } from '../config/config';
import type { RequestContext } from '../context/request-context';
import type { Integration } from '../hubster/integration';
import { toProblem } from '../hubster/outcome/hubster-error';
import { HubsterPortal } from '../hubster/portal';
import { invalidRequest } from '../problems/problem';
import { parameterViolation } from '../problems/violation';
import { SecretKeys } from '../secrets/secret-keys';
import { integrationNotFound, mayUse } from './hub-rules';
import { type SigningKeyPair, signingKeyOf } from './key-rotations';

const NOT_SUPPORTED = 206;

/** The parts of an integration that the check of its webhooks needs. */
export interface WebhookSource {
  readonly hubId: string;
  /** Absent if Hubster does not sign its webhooks. */
  readonly key?: SigningKeyPair;
}

/** A value to compare with a secret. */
interface Comparison {
  readonly value: string;
  /** Called before the comparison; throws when there were too many. */
  readonly checkLimit: () => Promise<void>;
}

/** Uses the secrets of an integration without showing them. Always reads from Hubster, never from the cache. */
@Injectable()
export class IntegrationSecrets {
  constructor(
    private readonly portal: HubsterPortal,
    private readonly keys: SecretKeys,
    private readonly config: Config,
  ) {}

  /** The key that signs its webhooks. Throws `not-found`, also for an integration that the tenant may not use (S-016). */
  async webhookSource(context: RequestContext, integrationId: string): Promise<WebhookSource> {
    const integration = await this.#read(context, integrationId);
    const key = signingKeyOf(integration);
    return { hubId: integration.hubId, ...(key && { key }) };
  }

  /**
   * Whether a secret of the integration equals `value`; in constant time, as both are hashed under a key of Stagedoor.
   * Throws `not-found`, `validation-failed` for a field that the channel does not declare as secret, and what `checkLimit` throws.
   */
  async matches(
    context: RequestContext,
    integrationId: string,
    field: string,
    { value, checkLimit }: Comparison,
  ): Promise<boolean> {
    const { channel, configuration } = await this.#read(context, integrationId);
    if (!channel.fields.some(({ name, secret }) => name === field && secret)) {
      throw invalidRequest([parameterViolation(NOT_SUPPORTED, 'field', 'No secret of this channel has this name.')]);
    }
    await checkLimit();
    const secret = secretsOf(channel, configuration.reveal()).get(field);
    return timingSafeEqual(this.#hash(value), this.#hash(secret ?? '')) && secret !== undefined;
  }

  async #read(context: RequestContext, integrationId: string): Promise<Integration> {
    const call = { ...context, deadline: context.deadline.within(this.config.deadlines.readMs) };
    const integration = await this.portal.get(call, integrationId).catch((error: unknown) => {
      throw toProblem(error, { write: false });
    });
    if (!mayUse(context.tenant, integration.hubId)) throw integrationNotFound();
    return integration;
  }

  #hash(value: string): Buffer {
    return this.keys.mac('fingerprint', 'compare', value);
  }
}
