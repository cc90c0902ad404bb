import type { JsonObject, JsonValue } from '../json/json-value';
import type { Channel } from './channel';
import type { FieldDeclaration } from './fields/field';

/** The fields of each channel by name in lower case, made when it is first asked for one. */
const FIELDS = new WeakMap<Channel, ReadonlyMap<string, FieldDeclaration>>();

/** The field of a channel that a key means, in any case (S-109, S-205). */
export function fieldNamed(channel: Channel, key: string): FieldDeclaration | undefined {
  const fields = FIELDS.get(channel) ?? new Map(channel.fields.map((field) => [field.name.toLowerCase(), field]));
  FIELDS.set(channel, fields);
  return fields.get(key.toLowerCase());
}

interface Renamed {
  readonly configuration: JsonObject;
  /** Keys that mean a field which another key of the same object means too; they are left out. */
  readonly repeated: readonly string[];
  /** Misspelt names that were read as the field they mean (S-206). */
  readonly aliases: readonly string[];
}

/**
 * Gives every declared key its documented spelling, whatever its case, and leaves undeclared keys and all values as
 * they are (S-109, S-205, S-225). Doing it twice changes nothing. Where a field stands twice, the documented spelling
 * wins, then the first.
 */
export function renameKeys(channel: Channel, configuration: JsonObject): Renamed {
  const renamed = new Map<string, { readonly value: JsonValue; readonly rank: number; readonly key: string }>();
  const repeated: string[] = [];
  const aliases: string[] = [];
  for (const [key, value] of Object.entries(configuration)) {
    const { name, rank } = meaningOf(channel, key);
    if (rank === ALIASES) aliases.push(key);
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

const EXACT = 0;
const OTHER_CASE = 1;
const ALIASES = 2;

function meaningOf(channel: Channel, key: string): { readonly name: string; readonly rank: number } {
  const field = fieldNamed(channel, key);
  if (field) return { name: field.name, rank: field.name === key ? EXACT : OTHER_CASE };
  const folded = key.toLowerCase();
  const meant = channel.fields.find((one) => one.aliases?.some((spelling) => spelling.toLowerCase() === folded));
  return meant ? { name: meant.name, rank: ALIASES } : { name: key, rank: EXACT };
}
