import type { JsonObject } from '../channels/json';
import { maskConfiguration, partlyMasked, secretsOf } from '../channels/mask-configuration';
import type { Integration } from '../hubster/integration';
import { fingerprint } from '../secrets/fingerprint';
import { KNOWN_SECRETS } from '../secrets/known-secrets';
import { Secret } from '../secrets/secret';
import type { SecretKeys } from '../secrets/secret-keys';

/** That a secret, or a value that is shown in parts only, is set, and a fingerprint of the whole by which a change can be seen. */
export interface SecretView {
  readonly set: true;
  readonly fingerprint: string;
}

/** One integration as callers see it (design 2.1); what is undefined is left out of the JSON. Holds no `Secret` and nothing a secret could hide in. */
export interface IntegrationView {
  readonly integrationId: string;
  readonly hubId: string;
  readonly inboundId?: string | undefined;
  readonly integrationTypeId?: string | undefined;
  readonly channelId: string;
  readonly name?: string | undefined;
  readonly statusId?: number | undefined;
  readonly configuration: JsonObject;
  readonly secrets: Readonly<Record<string, SecretView>>;
}

/** The one exit for integrations (N1): what is not listed here does not leave. */
export class IntegrationViews {
  constructor(private readonly keys: SecretKeys) {}

  one(integration: Integration, tenant: string): IntegrationView {
    const { integrationId, hubId, inboundId, integrationTypeId, channel, name, statusId } = integration;
    const configuration = integration.configuration.reveal();
    const shown = maskConfiguration(channel, configuration);
    const concealed = [...secretsOf(channel, configuration), ...partlyMasked(channel, configuration, shown)];
    const secrets = concealed.map(([field, value]) => {
      KNOWN_SECRETS.remember('integration', Secret.of(value), tenant);
      const place = { tenant, channel: channel.id, field };
      return [field, { set: true, fingerprint: fingerprint(this.keys, place, value) }] as const;
    });
    return {
      integrationId,
      hubId,
      inboundId,
      integrationTypeId,
      channelId: channel.id,
      name,
      statusId,
      configuration: shown,
      secrets: Object.fromEntries(secrets),
    };
  }
}
