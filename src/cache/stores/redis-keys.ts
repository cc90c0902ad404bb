import { hash } from 'node:crypto';
import type { Place } from './cache-store';

/** Redis keys of the cache. The tenant is the hash tag, so that all of a tenant's keys share a slot of a cluster. */
export function generationKey(scope: string): string {
  return `stagedoor:{${scope}}:generation`;
}

/** A dead generation's keys are never read again: a delayed SET lands where nobody looks. */
export function answerKey(place: Place): string {
  return `stagedoor:{${place.tenant}}:answer:${place.generation}:${digest(place)}`;
}

export function turnKey(place: Place): string {
  return `stagedoor:{${place.tenant}}:turn:${place.generation}:${digest(place)}`;
}

/** Bounds the length; what two places might share, the value's HMAC over the whole place tells apart. */
function digest({ visibility, key }: Place): string {
  return hash('sha256', `${visibility} ${key}`, 'base64url').slice(0, 22);
}
