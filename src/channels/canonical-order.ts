import { exceedsCount } from '../json/json-size';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-value';
import type { Channel } from './channel';
import type { FieldDeclaration } from './field';

/** Sorting more values would block the event loop for too long: 100,000 keys take 0.1 s. */
const MAX_SORTED = 10_000;

/** Whether `inCanonicalOrder` orders a configuration; a larger one stays in Hubster's order. */
export function isOrderable(configuration: JsonObject): boolean {
  return !exceedsCount(configuration, MAX_SORTED);
}

/**
 * A configuration with its members in one order at every depth, whatever their order in Hubster's response: declared ones as they
 * are declared, then all others by name. Keys have their documented spelling (`renameKeys`).
 */
export function inCanonicalOrder(channel: Channel, configuration: JsonObject): JsonObject {
  return isOrderable(configuration) ? ordered(channel.fields, configuration) : configuration;
}

function ordered(fields: readonly FieldDeclaration[], object: JsonObject): JsonObject {
  const members: [string, JsonValue][] = [];
  for (const { name, members: inner } of fields) {
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    if (value !== undefined) members.push([name, orderedValue(inner, value)]);
  }
  const names = Object.keys(object);
  if (names.length > members.length) {
    const others = names.filter((key) => !fields.some(({ name }) => name === key)).sort();
    for (const key of others) members.push([key, orderedValue([], object[key] ?? null)]);
  }
  return Object.fromEntries(members);
}

function orderedValue(fields: readonly FieldDeclaration[], value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => orderedValue(fields, item));
  return isJsonObject(value) ? ordered(fields, value) : value;
}
