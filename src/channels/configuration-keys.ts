import type { JsonObject, JsonValue } from '../json/json-value';
import type { Channel } from './channel';
import type { FieldDeclaration } from './field';

/** The fields of each channel by name in lower case, filled on first use. */
const FIELDS = new WeakMap<Channel, ReadonlyMap<string, FieldDeclaration>>();

const EXACT = 0;
const OTHER_CASE = 1;
const ALIAS = 2;

/** The field that a key names, in any case (S-109, S-205). */
export function fieldNamed(channel: Channel, key: string): FieldDeclaration | undefined {
  const fields = FIELDS.get(channel) ?? new Map(channel.fields.map((field) => [field.name.toLowerCase(), field]));
  FIELDS.set(channel, fields);
  return fields.get(key.toLowerCase());
}

interface Renamed {
  readonly configuration: JsonObject;
  /** Keys that were dropped, as another key of the object names the same field. */
  readonly repeated: readonly string[];
  /** Keys that are an alias of a field (S-206). */
  readonly aliases: readonly string[];
}

/**
 * Gives every declared key its documented spelling; undeclared keys and all values stay as they are (S-109, S-205,
 * S-225). Idempotent. Of two keys for one field the documented spelling wins, then another case, then an alias, then
 * the first.
 */
export function renameKeys(channel: Channel, configuration: JsonObject): Renamed {
  const renamed = new Map<string, { readonly value: JsonValue; readonly rank: number; readonly key: string }>();
  const repeated: string[] = [];
  const aliases: string[] = [];
  for (const [key, value] of Object.entries(configuration)) {
    const { name, rank } = resolveKey(channel, key);
    if (rank === ALIAS) aliases.push(key);
    const other = renamed.get(name);
    if (other) repeated.push(other.rank <= rank ? key : other.key);
    if (!other || rank < other.rank) renamed.set(name, { value, rank, key });
  }
  return {
    configuration: Object.fromEntries([...renamed].map(([name, { value }]) => [name, value])),
    repeated,
    aliases,
  };
}

function resolveKey(channel: Channel, key: string): { readonly name: string; readonly rank: number } {
  const field = fieldNamed(channel, key);
  if (field) return { name: field.name, rank: field.name === key ? EXACT : OTHER_CASE };
  const folded = key.toLowerCase();
  const aliased = channel.fields.find(({ aliases }) => aliases?.some((alias) => alias.toLowerCase() === folded));
  return aliased ? { name: aliased.name, rank: ALIAS } : { name: key, rank: EXACT };
}
