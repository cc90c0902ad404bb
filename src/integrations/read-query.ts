import { resourceKey } from '../cache/resource-key';
import type { Channel } from '../channels/channel';
import type { Tenant } from '../context/tenant';
import { collectionHub, requireHub } from './hub-rules';

export interface CollectionQuery {
  readonly hubId?: string;
  readonly pageNumber: number;
  readonly pageSize: number;
}

/** What a read is for. Together with the tenant it determines the response. */
export type ReadQuery =
  | { readonly asks: 'one'; readonly integrationId: string }
  | { readonly asks: 'by-channel'; readonly hubId: string; readonly channel: Channel }
  | { readonly asks: 'collection'; readonly query: CollectionQuery };

/** Throws the problem for a query that the tenant may not make (S-016, S-601). */
export function authoriseQuery(tenant: Tenant, read: ReadQuery): void {
  if (read.asks === 'by-channel') requireHub(tenant, read.hubId);
  if (read.asks === 'collection') collectionHub(tenant, read.query.hubId);
}

/** The key of the response in the cache. All keys are made here, so that writers and readers of an entry use the same one. */
export function readKey(read: ReadQuery): string {
  switch (read.asks) {
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
