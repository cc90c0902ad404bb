import { cacheKey } from '../cache/read-key';
import type { Channel } from '../channels/channel';
import type { Tenant } from '../context/tenant';
import { collectionHub, requireHub } from './hub-rules';

export interface CollectionQuery {
  readonly hubId?: string;
  readonly pageNumber: number;
  readonly pageSize: number;
}

/** What a read asks for. Beside the tenant, nothing else decides what the answer is. */
export type ReadQuestion =
  | { readonly asks: 'one'; readonly integrationId: string }
  | { readonly asks: 'by-channel'; readonly hubId: string; readonly channel: Channel }
  | { readonly asks: 'collection'; readonly query: CollectionQuery };

/** Throws what a tenant is told that may not ask so (S-016, S-601). */
export function requireMayAsk(tenant: Tenant, question: ReadQuestion): void {
  if (question.asks === 'by-channel') requireHub(tenant, question.hubId);
  if (question.asks === 'collection') collectionHub(tenant, question.query.hubId);
}

/**
 * Where the cache keeps the answer: the one place that makes keys of questions, as who writes an entry and who reads it
 * must not differ.
 */
export function readKey(question: ReadQuestion): string {
  switch (question.asks) {
    case 'one':
      return cacheKey('one', question.integrationId);
    case 'by-channel':
      return cacheKey('by-channel', question.hubId, question.channel.id);
    case 'collection': {
      const { hubId = '', pageNumber, pageSize } = question.query;
      return cacheKey('collection', hubId, String(pageNumber), String(pageSize));
    }
  }
}
