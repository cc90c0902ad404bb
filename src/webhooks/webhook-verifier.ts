import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { guidOf, type RequestContext } from '../context/request-context';
import type { KeyRotation } from '../integrations/key-rotations';
import type { Secret } from '../secrets/secret';
import { CurrentKeys } from './current-keys';
import { keyNameOf, RetiredKeys } from './retired-keys';

/** A webhook as it was received: untrusted, its body never parsed. */
interface ReceivedWebhook {
  readonly integrationId: string | undefined;
  readonly hubId: string | undefined;
  /** The name of the key, from `x-hubster-public-key`. */
  readonly keyName: string | undefined;
  readonly signature: string | undefined;
  readonly body: Buffer;
}

type InvalidReason =
  | 'missing-header'
  | 'unknown-integration'
  | 'hub-mismatch'
  | 'no-key'
  | 'unknown-key'
  | 'bad-signature';

export type WebhookVerification =
  | {
      readonly valid: true;
      readonly integrationId: string;
      readonly hubId: string;
      readonly key: 'current' | 'previous';
    }
  | { readonly valid: false; readonly reason: InvalidReason };

/** The key with the name in a webhook, and the hub of its integration. */
interface NamedKey {
  readonly hubId: string;
  readonly hmacKey: Secret;
  readonly key: 'current' | 'previous';
}

/** Verifies that Hubster signed a webhook, so that callers need no private key. */
@Injectable()
export class WebhookVerifier {
  constructor(
    private readonly current: CurrentKeys,
    private readonly retired: RetiredKeys,
  ) {}

  /** @throws {Problem} when a required call to Hubster fails, as the webhook may then be valid */
  async verify(context: RequestContext, webhook: ReceivedWebhook): Promise<WebhookVerification> {
    const { keyName, signature, body } = webhook;
    if (!webhook.integrationId || !webhook.hubId || !keyName || !signature) return invalid('missing-header');
    const integrationId = guidOf(webhook.integrationId);
    if (integrationId === undefined) return invalid('unknown-integration');
    const found = await this.#findKey(context, integrationId, keyNameOf(keyName), guidOf(webhook.hubId));
    if (typeof found === 'string') return invalid(found);
    const { hubId, key } = found;
    return isSignedBy(found.hmacKey, body, signature)
      ? { valid: true, integrationId, hubId, key }
      : invalid('bad-signature');
  }

  /** Stores the current key before a rotation. */
  async retire({ tenant, integrationId, hubId, retiring: { name, privateKey } }: KeyRotation): Promise<void> {
    await this.retired.keep({ tenant, integrationId, name }, { hubId, privateKey });
    this.current.forget(tenant, integrationId);
  }

  /** Current keys in memory first, then retired keys; Hubster is called for a name in neither. */
  async #findKey(
    context: RequestContext,
    integrationId: string,
    name: string,
    hubId: string | undefined,
  ): Promise<NamedKey | InvalidReason> {
    const known = this.current.known(context, integrationId);
    const location = { tenant: context.tenant.id, integrationId, name, span: context.span };
    const previous = known?.key?.name === name ? undefined : await this.retired.find(location);
    const source =
      known && (previous || known.key?.name === name) ? known : await this.current.read(context, integrationId);
    if (!source) return 'unknown-integration';
    if (source.hubId !== hubId) return 'hub-mismatch';
    if (source.key?.name === name) return { hubId, hmacKey: source.key.hmacKey, key: 'current' };
    if (previous) return { ...previous, key: 'previous' };
    return source.key ? 'unknown-key' : 'no-key';
  }
}

function invalid(reason: InvalidReason): WebhookVerification {
  return { valid: false, reason };
}

/** HMAC-SHA256 of the raw bytes. Compared as text, so that a signature has one spelling, and in constant time. */
function isSignedBy(hmacKey: Secret, body: Buffer, signature: string): boolean {
  const key = Buffer.from(hmacKey.reveal(), 'base64');
  const expected = Buffer.from(createHmac('sha256', key).update(body).digest('base64'));
  const sent = Buffer.from(signature);
  return sent.length === expected.length && timingSafeEqual(sent, expected);
}
