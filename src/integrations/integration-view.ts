import { etagOf } from '../cache/entries/etag';
import { maskConfiguration, partlyMasked, secretsOf } from '../channels/mask-configuration';
import type { Integration } from '../hubster/integration';
import type { JsonObject } from '../json/json-value';
import { writeJson } from '../json/write-json';
import { KNOWN_SECRETS } from '../secrets/known-secrets';
import { Secret } from '../secrets/secret';
import { fingerprint, type SecretKeys } from '../secrets/secret-keys';

/** A secret, or a value that is masked in parts: it is set, and has a fingerprint of the whole that shows when it changes. */
export interface SecretView {
  readonly set: true;
  readonly fingerprint: string;
}

/** One integration as callers see it; undefined members are left out of the JSON. Has no `Secret`, and no value that may contain one. */
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

/** Makes views of integrations. No other code shows one, and a field that is not listed here is not shown (N1). */
export class IntegrationViews {
  readonly #previous: IntegrationViews | undefined;

  constructor(private readonly keys: SecretKeys) {
    this.#previous = keys.previous && new IntegrationViews(keys.previous);
  }

  /** One for each known `SECRET_KEY`, the current one first: another replica or process may have shown any of their fingerprints. */
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
