import { type JsonObject, type JsonValue, sameJson } from '../json/json-value';
import { writeJson } from '../json/write-json';
import { MASK } from '../secrets/secret';
import type { Channel } from './channel';
import { fieldNamed } from './configuration-keys';
import type { FieldDeclaration } from './fields/field';

/**
 * A configuration as callers may see it (N1, S-756): only what is declared as no secret, and of the declared type, is
 * shown. Everything else (secrets, undeclared keys, unexpected values) is the mask, whole. Keys are matched in any
 * case, so no spelling escapes (S-205).
 */
export function maskConfiguration(channel: Channel, configuration: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(configuration)
      .filter(([key]) => !fieldNamed(channel, key)?.updateOnly)
      .map(([key, value]) => [key, masked(fieldNamed(channel, key), value)]),
  );
}

function masked(field: FieldDeclaration | undefined, value: JsonValue): JsonValue {
  if (!field || field.secret) return MASK;
  if (value === null) return null;
  return field.type.redact(value) ?? MASK;
}

/** The declared secrets that a configuration holds, by field name, as text. */
export function secretsOf(channel: Channel, configuration: JsonObject): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(configuration).flatMap(([key, value]) => {
      const field = fieldNamed(channel, key);
      if (!field?.secret || value === null || value === '') return [];
      return [[field.name, textOf(value)]];
    }),
  );
}

/** The values, by field name, of which `shown` (made by `maskConfiguration`) masks parts; whole, as text. */
export function partlyMasked(
  channel: Channel,
  configuration: JsonObject,
  shown: JsonObject,
): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(configuration).flatMap(([key, value]) => {
      const field = fieldNamed(channel, key);
      if (!field?.type.masksParts || field.secret || sameJson(shown[key], value)) return [];
      return [[field.name, textOf(value)]];
    }),
  );
}

const textOf = (value: JsonValue): string => (typeof value === 'string' ? value : writeJson(value));
