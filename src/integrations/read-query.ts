import { resourceKey } from '../cache/resource-key';
import type { Channel } from '../channels/channel';
import type { Tenant } from '../context/tenant';
import { collectionHub, requireHub } from './hub-rules';

export interface CollectionQuery {
  readonly hubId?: string;
  readonly pageNumber: number;
  readonly pageSize: number;
}

/** What a read asks for. Beside the tenant, nothing else decides what the answer is. */
export type ReadQuery =
  | { readonly asks: 'one'; readonly integrationId: string }
  | { readonly asks: 'by-channel'; readonly hubId: string; readonly channel: Channel }
  | { readonly asks: 'collection'; readonly query: CollectionQuery };

/** Throws what a tenant is told that may not ask so (S-016, S-601). */
export function authoriseQuery(tenant: Tenant, question: ReadQuery): void {
  if (question.asks === 'by-channel') requireHub(tenant, question.hubId);
  if (question.asks === 'collection') collectionHub(tenant, question.query.hubId);
}

/**
 * Where the cache keeps the answer: the one location that makes keys of questions, as who writes an entry and who reads it
 * must not differ.
 */
export function readKey(question: ReadQuery): string {
  switch (question.asks) {
    case 'one':
      return resourceKey('one', question.integrationId);
    case 'by-channel':
      return resourceKey('by-channel', question.hubId, question.channel.id);
    case 'collection': {
      const { hubId = '', pageNumber, pageSize } = question.query;
      return resourceKey('collection', hubId, String(pageNumber), String(pageSize));
    }
  }
}
