import type { JsonObject } from '../json';

/** `echo` becomes `Echo`, for top-level keys only. */
export function pascalKeys(object: JsonObject): JsonObject {
  return mapKeys(object, (key) => key.charAt(0).toUpperCase() + key.slice(1));
}

/** `Echo` becomes `echo`, for top-level keys only. */
export function camelKeys(object: JsonObject): JsonObject {
  return mapKeys(object, (key) => key.charAt(0).toLowerCase() + key.slice(1));
}

export function asIs(object: JsonObject): JsonObject {
  return object;
}

function mapKeys(object: JsonObject, spell: (key: string) => string): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [spell(key), value]));
}
