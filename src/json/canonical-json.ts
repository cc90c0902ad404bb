import { isJsonObject, type JsonValue } from './json-value';
import { writeJson } from './write-json';

/** One text for a value, in whatever order its members came; numbers as they were written. For fingerprints, not for readers. */
export function canonicalJson(value: JsonValue): string {
  return writeJson(sorted(value));
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(members.map(([name, item]) => [name, sorted(item)]));
}
