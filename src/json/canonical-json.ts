import { isJsonObject, type JsonValue } from './json-value';
import { writeJson } from './write-json';

/** One text for a value, whatever the order of its members; numbers keep their spelling. For fingerprints, not for display. */
export function canonicalJson(value: JsonValue): string {
  return writeJson(sorted(value));
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(members.map(([name, item]) => [name, sorted(item)]));
}
