import { isJsonObject, isNumber, type JsonObject, type JsonValue, sameJson, writeJson } from '../json/json-value';
import { MASK } from '../secrets/secret';
import type { Channel } from './channel';
import { fieldNamed } from './configuration-keys';
import type { FieldDeclaration } from './field';

/**
 * A configuration as callers see it (N1, S-756): a value is shown only if its field is declared, is not secret and has the
 * declared type. The mask replaces all other values. Keys match in any case, so that no spelling escapes (S-205).
 */
export function maskConfiguration(channel: Channel, configuration: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(configuration)
      .filter(([key]) => !fieldNamed(channel, key)?.updateOnly)
      .map(([key, value]) => [key, maskValue(fieldNamed(channel, key), value)]),
  );
}

function maskValue(field: FieldDeclaration | undefined, value: JsonValue): JsonValue {
  if (!field || field.secret) return MASK;
  if (value === null) return null;
  return shown(field, value) ?? MASK;
}

/** The value as callers see it; undefined if it is not of the declared type. */
function shown(field: FieldDeclaration, value: JsonValue): JsonValue | undefined {
  if (field.redact) return field.redact(value);
  if (field.type === String) return typeof value === 'string' || isNumber(value) ? value : undefined;
  if (field.type === Boolean) return typeof value === 'boolean' ? value : undefined;
  return isJsonObject(value) ? shownMembers(field, value) : undefined;
}

function shownMembers({ members }: FieldDeclaration, object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => {
      const member = fieldNamed({ fields: members }, key);
      return member ? [member.name, shown(member, value) ?? MASK] : [key, MASK];
    }),
  );
}

/** The secrets of a configuration as text, by field name. */
export function secretsOf(channel: Channel, configuration: JsonObject): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(configuration).flatMap(([key, value]) => {
      const field = fieldNamed(channel, key);
      if (!field?.secret || value === null || value === '') return [];
      return [[field.name, textOf(value)]];
    }),
  );
}

/** The whole values, as text, of which `shown` (made by `maskConfiguration`) masks a part; by field name. */
export function partlyMasked(
  channel: Channel,
  configuration: JsonObject,
  shown: JsonObject,
): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(configuration).flatMap(([key, value]) => {
      const field = fieldNamed(channel, key);
      if (!field?.masksParts || field.secret || sameJson(shown[key], value)) return [];
      return [[field.name, textOf(value)]];
    }),
  );
}

const textOf = (value: JsonValue): string => (typeof value === 'string' ? value : writeJson(value));
