import { etagOf } from '../cache/entries/etag';
import { maskConfiguration, partlyMasked, secretsOf } from '../channels/mask-configuration';
import type { Integration } from '../hubster/integration';
import type { JsonObject } from '../json/json-value';
import { writeJson } from '../json/write-json';
import { fingerprint } from '../secrets/fingerprint';
import { KNOWN_SECRETS } from '../secrets/known-secrets';
import { Secret } from '../secrets/secret';
import type { SecretKeys } from '../secrets/secret-keys';

/** That a secret, or a value that is shown in parts only, is set, and a fingerprint of the whole by which a change can be seen. */
export interface SecretView {
  readonly set: true;
  readonly fingerprint: string;
}

/** One integration as callers see it; what is undefined is left out of the JSON. Holds no `Secret` and nothing a secret could hide in. */
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
  readonly #previous: IntegrationViews | undefined;

  constructor(private readonly keys: SecretKeys) {
    this.#previous = keys.previous && new IntegrationViews(keys.previous);
  }

  /** By every `SECRET_KEY` that is known, the one in use first: what another replica or process has shown. */
  get all(): readonly IntegrationViews[] {
    return this.#previous ? [this, this.#previous] : [this];
  }

  /** The entity tag of a read that shows this view (S-770). */
  etag(view: IntegrationView, tenant: string): string {
    return etagOf(this.keys, tenant, Buffer.from(writeJson(view)));
  }

  one(integration: Integration, tenant: string): IntegrationView {
    const { integrationId, hubId, inboundId, integrationTypeId, channel, name, statusId } = integration;
    const configuration = integration.configuration.reveal();
    const shown = maskConfiguration(channel, configuration);
    const concealed = [...secretsOf(channel, configuration), ...partlyMasked(channel, configuration, shown)];
    const secrets = concealed.map(([field, value]) => {
      KNOWN_SECRETS.remember('integration', Secret.of(value), tenant);
      const location = { tenant, integration: integrationId, channel: channel.id, field };
      return [field, { set: true, fingerprint: fingerprint(this.keys, location, value) }] as const;
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
