import { hash } from 'node:crypto';
import type { CacheKey } from './cache-store';

/** Redis keys of the cache. The tenant is the hash tag, so that all of a tenant's keys share a slot of a cluster. */
export function generationKey(scope: string): string {
  return `stagedoor:{${scope}}:generation`;
}

/** Contains the generation, so that an entry from a delayed SET of an earlier generation is never read. */
export function entryKey(cacheKey: CacheKey): string {
  return `stagedoor:{${cacheKey.tenant}}:response:${cacheKey.generation}:${digest(cacheKey)}`;
}

export function refreshLockKey(cacheKey: CacheKey): string {
  return `stagedoor:{${cacheKey.tenant}}:turn:${cacheKey.generation}:${digest(cacheKey)}`;
}

/** Limits the length of the key. On a collision the HMAC of the value, which covers the whole cache key, detects the wrong entry. */
function digest({ visibility, key }: CacheKey): string {
  return hash('sha256', `${visibility} ${key}`, 'base64url').slice(0, 22);
}
