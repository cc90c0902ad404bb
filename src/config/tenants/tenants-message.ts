import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { Secret } from '../../secrets/secret';
import type { CallerConfig, IssuerConfig, TenantConfig, TenantsConfig } from './tenants-config';

/** Tenants or callers that are unpacked in one step. */
const PART_ENTRIES = 100;

type PlainTenant = Omit<TenantConfig, 'hubster'> & {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly addresses?: { readonly portalUrl: string; readonly identityUrl: string };
};
type PlainIssuer<S extends string> = Omit<IssuerConfig<S>, 'jwksUri'> & { readonly jwksUri: string };

interface Part<S extends string> {
  readonly tenants: readonly PlainTenant[];
  readonly callers: readonly CallerConfig<S>[];
  readonly issuers: readonly PlainIssuer<S>[];
  readonly passthrough: boolean;
}

/**
 * A `TenantsConfig` that can be posted between threads of this process: without classes, so its secrets are plain text, and in parts, because
 * deserialising cannot be interrupted.
 */
export interface TenantsMessage {
  /** Equal for equal tenants. */
  readonly digest: string;
  readonly parts: readonly Uint8Array[];
}

export function packTenants<S extends string>(config: TenantsConfig<S>): TenantsMessage {
  const { passthrough } = config;
  const tenants = config.tenants.map(({ hubster: { clientId, clientSecret, addresses }, ...tenant }) => ({
    ...tenant,
    clientId,
    clientSecret: clientSecret.reveal(),
    ...(addresses && {
      addresses: { portalUrl: addresses.portalUrl.href, identityUrl: addresses.identityUrl.href },
    }),
  }));
  const issuers = config.issuers.map((issuer) => ({ ...issuer, jwksUri: issuer.jwksUri.href }));
  const rest: Part<S> = { tenants: [], callers: [], issuers, passthrough };
  const parts = [
    rest,
    ...chunks(tenants).map((chunk) => ({ ...rest, issuers: [], tenants: chunk })),
    ...chunks(config.callers).map((chunk) => ({ ...rest, issuers: [], callers: chunk })),
  ].map((part) => serialize(part));
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return { digest: hash.digest('hex'), parts };
}

export function* unpackTenants<S extends string>({ parts }: TenantsMessage): Generator<void, TenantsConfig<S>> {
  const tenants: TenantConfig[] = [];
  const callers: CallerConfig<S>[] = [];
  const issuers: IssuerConfig<S>[] = [];
  let passthrough = false;
  for (const bytes of parts) {
    const part: Part<S> = deserialize(bytes);
    tenants.push(...part.tenants.map(tenantOf));
    callers.push(...part.callers);
    issuers.push(...part.issuers.map((issuer) => ({ ...issuer, jwksUri: new URL(issuer.jwksUri) })));
    passthrough = part.passthrough;
    yield;
  }
  return { tenants, callers, issuers, passthrough };
}

function tenantOf({ clientId, clientSecret, addresses, ...tenant }: PlainTenant): TenantConfig {
  return {
    ...tenant,
    hubster: {
      clientId,
      clientSecret: Secret.of(clientSecret),
      ...(addresses && {
        addresses: { portalUrl: new URL(addresses.portalUrl), identityUrl: new URL(addresses.identityUrl) },
      }),
    },
  };
}

function chunks<T>(entries: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(entries.length / PART_ENTRIES);
  return Array.from({ length: count }, (_, index) => entries.slice(index * PART_ENTRIES, (index + 1) * PART_ENTRIES));
}
