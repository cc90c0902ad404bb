import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-value';
import { pointerOf } from '../problems/violation';
import type { Channel } from './channel';
import type { FieldDeclaration } from './field';

type Fields = readonly FieldDeclaration[];

/** The fields of each list by name in lower case, filled on first use. */
const BY_NAME = new WeakMap<Fields, ReadonlyMap<string, FieldDeclaration>>();

const EXACT = 0;
const OTHER_CASE = 1;
const ALIAS = 2;

/** The field that a key names, in any case (S-109, S-205). */
export function fieldNamed({ fields }: Pick<Channel, 'fields'>, key: string): FieldDeclaration | undefined {
  const byName = BY_NAME.get(fields) ?? new Map(fields.map((field) => [field.name.toLowerCase(), field]));
  BY_NAME.set(fields, byName);
  return byName.get(key.toLowerCase());
}

interface Renamed {
  readonly configuration: JsonObject;
  /** Pointers of the keys that were dropped, as another key of the object names the same field. */
  readonly repeated: readonly string[];
  /** Pointers of the keys that are an alias of a field (S-206). */
  readonly aliases: readonly string[];
  /** Whether a key had another spelling than the documented one. */
  readonly isRespelled: boolean;
}

interface Findings {
  readonly repeated: string[];
  readonly aliases: string[];
  isRespelled: boolean;
}

/**
 * Gives every declared key its documented spelling, in declared objects within the configuration as well. Undeclared keys,
 * lists and all other values stay as they are (S-109, S-205, S-225). Idempotent. Of two keys for one field the documented
 * spelling wins, then another case, then an alias, then the first.
 */
export function renameKeys({ fields }: Pick<Channel, 'fields'>, configuration: JsonObject): Renamed {
  const findings: Findings = { repeated: [], aliases: [], isRespelled: false };
  const renamed = renamedMembers(fields, configuration, '', findings);
  return { configuration: renamed, ...findings };
}

function renamedMembers(fields: Fields, object: JsonObject, parent: string, findings: Findings): JsonObject {
  const members = new Map<string, { readonly value: JsonValue; readonly rank: number; readonly key: string }>();
  for (const [key, value] of Object.entries(object)) {
    const { name, rank, field } = resolveKey(fields, key);
    if (rank === ALIAS) findings.aliases.push(parent + pointerOf(key));
    if (rank !== EXACT) findings.isRespelled = true;
    const other = members.get(name);
    if (other) findings.repeated.push(parent + pointerOf(other.rank <= rank ? key : other.key));
    if (other && other.rank <= rank) continue;
    const isDeclaredObject = field !== undefined && field.members.length > 0 && isJsonObject(value);
    const inner = isDeclaredObject ? renamedMembers(field.members, value, parent + pointerOf(key), findings) : value;
    members.set(name, { value: inner, rank, key });
  }
  return Object.fromEntries([...members].map(([name, { value }]) => [name, value]));
}

interface ResolvedKey {
  readonly name: string;
  readonly rank: number;
  readonly field?: FieldDeclaration;
}

function resolveKey(fields: Fields, key: string): ResolvedKey {
  const field = fieldNamed({ fields }, key);
  if (field) return { name: field.name, rank: field.name === key ? EXACT : OTHER_CASE, field };
  const folded = key.toLowerCase();
  const aliased = fields.find(({ aliases }) => aliases?.some((alias) => alias.toLowerCase() === folded));
  return aliased ? { name: aliased.name, rank: ALIAS, field: aliased } : { name: key, rank: EXACT };
}
