import { createHmac, timingSafeEqual } from 'node:crypto';
import { guidOf } from '../context/guid';
import type { RequestContext } from '../context/request-context';
import type { Secret } from '../secrets/secret';
import type { CurrentKeys } from './current-keys';
import { keyNameOf } from './hmac-key';
import type { RetiredKeys } from './retired-keys';

/** A webhook as it came: nothing of it is trusted, and its body is never parsed. */
export interface ReceivedWebhook {
  readonly integrationId: string | undefined;
  readonly hubId: string | undefined;
  /** `x-hubster-public-key`: names the key. */
  readonly keyName: string | undefined;
  readonly signature: string | undefined;
  readonly body: Buffer;
}

export type InvalidReason =
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

/** The key that a webhook names, and the hub whose webhooks it signs. */
interface NamedKey {
  readonly hubId: string;
  readonly hmacKey: Secret;
  readonly key: 'current' | 'previous';
}

/** Says whether Hubster signed a webhook, for callers who then need no private key. */
export class WebhookVerifier {
  constructor(
    private readonly current: CurrentKeys,
    private readonly retired: RetiredKeys,
  ) {}

  /** Throws only when Hubster has to be asked and fails: then nothing is known, which is not the same as invalid. */
  async verify(context: RequestContext, webhook: ReceivedWebhook): Promise<WebhookVerification> {
    const { keyName, signature, body } = webhook;
    if (!webhook.integrationId || !webhook.hubId || !keyName || !signature) return invalid('missing-header');
    const integrationId = guidOf(webhook.integrationId);
    if (integrationId === undefined) return invalid('unknown-integration');
    const found = await this.keyNamed(context, integrationId, keyNameOf(keyName), guidOf(webhook.hubId));
    if (typeof found === 'string') return invalid(found);
    const { hubId, key } = found;
    return isSignedBy(found.hmacKey, body, signature)
      ? { valid: true, integrationId, hubId, key }
      : invalid('bad-signature');
  }

  /** Memory first, then the keys of before; Hubster is asked about a name that neither knows. */
  private async keyNamed(
    context: RequestContext,
    integrationId: string,
    name: string,
    hubId: string | undefined,
  ): Promise<NamedKey | InvalidReason> {
    const known = this.current.known(context, integrationId);
    const location = { tenant: context.tenant.id, integrationId, name };
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

/** HMAC-SHA256 over the raw bytes, compared as text, so that there is one spelling of a signature; in constant time. */
function isSignedBy(hmacKey: Secret, body: Buffer, signature: string): boolean {
  const key = Buffer.from(hmacKey.reveal(), 'base64');
  const expected = Buffer.from(createHmac('sha256', key).update(body).digest('base64'));
  const sent = Buffer.from(signature);
  return sent.length === expected.length && timingSafeEqual(sent, expected);
}
