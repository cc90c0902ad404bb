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
  const declared = fields.filter(({ name }) => Object.hasOwn(object, name));
  const names = new Set(declared.map(({ name }) => name));
  const others = Object.keys(object).filter((key) => !names.has(key));
  return Object.fromEntries([
    ...declared.map(({ name, members }) => [name, orderedValue(members, object[name])]),
    ...others.sort().map((key) => [key, orderedValue([], object[key])]),
  ]);
}

function orderedValue(members: readonly FieldDeclaration[], value: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(value)) return value.map((item) => orderedValue(members, item) ?? null);
  return isJsonObject(value) ? ordered(members, value) : value;
}
