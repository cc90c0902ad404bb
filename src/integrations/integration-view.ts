import { Injectable } from '@nestjs/common';
import type { Change } from '../audit/record';
import { etagOf } from '../cache/entry';
import { inCanonicalOrder } from '../channels/canonical-order';
import { maskConfiguration, partlyMasked, secretsOf } from '../channels/mask-configuration';
import type { Integration } from '../hubster/integration';
import { type JsonObject, type JsonValue, sameJson, writeJson } from '../json/json-value';
import { pointerOf } from '../problems/violation';
import { KNOWN_SECRETS } from '../secrets/known-secrets';
import { MASK, Secret } from '../secrets/secret';
import { fingerprint, SecretKeys } from '../secrets/secret-keys';

/** A secret, or a value that is masked in parts: it is set, and has a fingerprint of the whole that shows when it changes. */
interface SecretView {
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

/**
 * Makes views of integrations, with members in one order (S-771). No other code shows one, and a field that is not listed here is
 * not shown (N1).
 */
@Injectable()
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

  viewOf(integration: Integration, tenant: string): IntegrationView {
    const { integrationId, hubId, inboundId, integrationTypeId, channel, name, statusId } = integration;
    const configuration = inCanonicalOrder(channel, integration.configuration.reveal());
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

/** The differences between two views, for the audit trail. Views are masked, so their differences are, too. */
export function changesBetween(before: IntegrationView | undefined, after: IntegrationView | undefined): Change[] {
  const old = before ? traceable(before) : new Map<string, JsonValue>();
  const next = after ? traceable(after) : new Map<string, JsonValue>();
  return [...new Set([...old.keys(), ...next.keys()])]
    .map((pointer) => ({ pointer, from: old.get(pointer) ?? null, to: next.get(pointer) ?? null }))
    .filter(({ from, to }) => !sameJson(from, to));
}

/**
 * The actual changes of a write: the intended ones, and any other value that differs now (new keys). Reads and write responses
 * of Hubster show different fields, so a field that is missing on one side does not count as changed.
 */
export function actualChanges(
  planned: readonly Change[],
  before: IntegrationView | undefined,
  after: IntegrationView,
): readonly Change[] {
  const pointers = new Set(planned.map(({ pointer }) => pointer));
  return changesBetween(before, after).filter(
    ({ pointer, from, to }) => pointers.has(pointer) || (from !== null && to !== null),
  );
}

/** The values of an integration that the audit trail records, by pointer. Reconciliation needs the channel to find a create. */
export function traceable(view: IntegrationView): ReadonlyMap<string, JsonValue> {
  const { configuration, secrets, channelId, name = null, statusId = null } = view;
  return new Map<string, JsonValue>([
    [pointerOf('channelId'), channelId],
    [pointerOf('name'), name],
    [pointerOf('statusId'), statusId],
    ...Object.entries(configuration).flatMap(([key, value]) => traceableField(key, value, secrets[key]?.fingerprint)),
  ]);
}

/** A value that is masked in parts is recorded with its fingerprint; of one that is masked whole only the fingerprint is. */
function traceableField(key: string, shown: JsonValue, fingerprint: string | undefined): [string, JsonValue][] {
  const pointer = pointerOf('configuration', key);
  if (fingerprint === undefined) return [[pointer, shown]];
  if (shown === MASK) return [[pointer, fingerprint]];
  return [
    [pointer, shown],
    [pointerOf('secrets', key, 'fingerprint'), fingerprint],
  ];
}
