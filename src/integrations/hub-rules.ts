import type { CacheRead } from '../cache/cache-read';
import type { Channel } from '../channels/channel';
import type { Tenant } from '../context/tenant';
import { invalidRequest, Problem } from '../problems/problem';
import { parameterViolation, violation } from '../problems/violation';

const HUB_NOT_FOUND = 699;
const INTEGRATION_NOT_FOUND = 799;

/** Whether a tenant may use a hub (S-016). */
export function mayUse(tenant: Tenant, hubId: string): boolean {
  return tenant.hubs === undefined || tenant.hubs.has(hubId);
}

/** Throws `not-found`, without a call to Hubster, for another tenant's hub (S-016). */
export function requireHub(tenant: Tenant, hubId: string): void {
  if (!mayUse(tenant, hubId)) throw new Problem('not-found', { errors: [violation(HUB_NOT_FOUND)] });
}

export function integrationNotFound(): Problem {
  return new Problem('not-found', { errors: [violation(INTEGRATION_NOT_FOUND)] });
}

/** The hub of a collection: a tenant with one listed hub may leave it out, with several it has to name one (S-601). */
export function collectionHub(tenant: Tenant, hubId: string | undefined): string | undefined {
  if (hubId !== undefined) {
    requireHub(tenant, hubId);
    return hubId;
  }
  if (tenant.hubs === undefined) return undefined;
  const [implied, ...others] = tenant.hubs;
  if (others.length > 0) throw invalidRequest([parameterViolation(200, 'hubId')]);
  return implied;
}

export interface CollectionQuery {
  readonly hubId?: string;
  readonly pageNumber: number;
  readonly pageSize: number;
}

/** The parameters of a read. Together with the tenant they determine the response. */
export type ReadQuery =
  | { readonly kind: 'one'; readonly integrationId: string }
  | { readonly kind: 'by-channel'; readonly hubId: string; readonly channel: Channel }
  | { readonly kind: 'collection'; readonly query: CollectionQuery };

/** Throws the problem for a query that the tenant may not make (S-016, S-601). */
export function authoriseQuery(tenant: Tenant, read: ReadQuery): void {
  if (read.kind === 'by-channel') requireHub(tenant, read.hubId);
  if (read.kind === 'collection') collectionHub(tenant, read.query.hubId);
}

/** The lists of a tenant that are not limited to a hub. */
const COLLECTION_TAG = 'collection';
const integrationTag = (integrationId: string) => `integration:${integrationId}`;
const hubTag = (hubId: string) => `hub:${hubId}`;

/** The tags of the cached responses that a write to an integration of this hub changes; a create has no id before its response. */
export function affectedBy(hubId: string, integrationId?: string): readonly string[] {
  const lists = [hubTag(hubId), COLLECTION_TAG];
  return integrationId === undefined ? lists : [integrationTag(integrationId), ...lists];
}

/** The key and the tags of the response in the cache. All are made here, so that writers and readers of an entry use the same ones. */
export function cachedAs(tenant: Tenant, read: ReadQuery): Pick<CacheRead, 'key' | 'tags'> {
  return { key: readKey(read), tags: [tagOf(tenant, read)] };
}

function tagOf(tenant: Tenant, read: ReadQuery): string {
  if (read.kind === 'one') return integrationTag(read.integrationId);
  const hubId = read.kind === 'by-channel' ? read.hubId : collectionHub(tenant, read.query.hubId);
  return hubId === undefined ? COLLECTION_TAG : hubTag(hubId);
}

function readKey(read: ReadQuery): string {
  switch (read.kind) {
    case 'one':
      return resourceKey('one', read.integrationId);
    case 'by-channel':
      return resourceKey('by-channel', read.hubId, read.channel.id);
    case 'collection': {
      const { hubId = '', pageNumber, pageSize } = read.query;
      return resourceKey('collection', hubId, String(pageNumber), String(pageSize));
    }
  }
}

/**
 * The key of a resource: its kind and all parameters. Each parameter is preceded by its length, so that two
 * resources never share a key. The tenant is not part of it: stores separate tenants themselves.
 */
export function resourceKey(kind: string, ...parameters: readonly string[]): string {
  let key = kind;
  for (const parameter of parameters) key += ` ${parameter.length}:${parameter}`;
  return key;
}
