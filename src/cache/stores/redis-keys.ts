import { hash } from 'node:crypto';
import type { CacheKey } from './cache-store';

/** Redis keys of the cache. The tenant is the hash tag, so that all of a tenant's keys share a slot of a cluster. */
export function generationKey(scope: string): string {
  return `stagedoor:{${scope}}:generation`;
}

/** A dead generation's keys are never read again: a delayed SET lands where nobody looks. */
export function entryKey(cacheKey: CacheKey): string {
  return `stagedoor:{${cacheKey.tenant}}:response:${cacheKey.generation}:${digest(cacheKey)}`;
}

export function refreshLockKey(cacheKey: CacheKey): string {
  return `stagedoor:{${cacheKey.tenant}}:turn:${cacheKey.generation}:${digest(cacheKey)}`;
}

/** Bounds the length; what two places might share, the value's HMAC over the whole cacheKey tells apart. */
function digest({ visibility, key }: CacheKey): string {
  return hash('sha256', `${visibility} ${key}`, 'base64url').slice(0, 22);
}
