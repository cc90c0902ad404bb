import type { OpenApiDocument } from './openapi-document';

/** Keywords whose value is one schema, a list of schemas, or schemas by name (JSON Schema 2020-12, core and applicators). */
const ONE = [
  'items',
  'additionalProperties',
  'contains',
  'not',
  'if',
  'then',
  'else',
  'propertyNames',
  'x-line-schema',
];
const LISTS = ['oneOf', 'anyOf', 'prefixItems'];
const NAMED = ['properties', 'patternProperties', '$defs'];
/** Keywords that say which other members an object may have. */
const OPENNESS = ['additionalProperties', 'unevaluatedProperties'];
/** At the end of the name of a schema's copy that does not forbid other members. */
const PART = '.part';

/**
 * The document with schemas that forbid the members which they do not name. Schemas leave them out so that clients accept later
 * versions; a response of this version with such a member is undocumented. A schema that says something about further members stays
 * as it is, and so does a part of an `allOf`, as it names a part of the members: it is read from a copy of the schema.
 */
export function withoutOtherMembers(document: OpenApiDocument): object {
  return closedIn(document);
}

/** Closes the schemas that an object of OpenAPI has under `schema` or `schemas`. */
function closedIn(value: unknown): object {
  if (Array.isArray(value)) return value.map((item) => (isObject(item) ? closedIn(item) : item));
  const entries = Object.entries(Object(value)).map(([key, member]) => {
    if (!isObject(member) || key === 'examples' || key === 'example') return [key, member];
    if (key === 'schema') return [key, closed(member)];
    return [key, key === 'schemas' ? closedComponents(member) : closedIn(member)];
  });
  return Object.fromEntries(entries);
}

function closedComponents(schemas: object): object {
  const copies = Object.entries(schemas).flatMap(([name, schema]) => [
    [name, closed(schema)],
    [name + PART, closed(schema, false)],
  ]);
  return Object.fromEntries(copies);
}

/** `isWhole`: the schema names all members, rather than some beside those of another schema. */
function closed(schema: unknown, isWhole = true): unknown {
  if (!isObject(schema)) return schema;
  // Beside members of its own, the alternatives of a schema name a part of the members.
  const isWholeBelow = isWhole && !('properties' in schema);
  const entries = Object.entries(schema).map(([keyword, value]) => {
    if (keyword === '$ref') return [keyword, isWholeBelow ? value : value + PART];
    if (ONE.includes(keyword)) return [keyword, closed(value)];
    if (LISTS.includes(keyword)) return [keyword, listOf(value).map((one) => closed(one, isWholeBelow))];
    if (keyword === 'allOf') return [keyword, listOf(value).map((one) => closed(one, false))];
    if (!NAMED.includes(keyword)) return [keyword, value];
    return [keyword, Object.fromEntries(Object.entries(Object(value)).map(([name, one]) => [name, closed(one)]))];
  });
  const isOpen = !('properties' in schema || 'allOf' in schema) || OPENNESS.some((keyword) => keyword in schema);
  return { ...Object.fromEntries(entries), ...(isWhole && !isOpen && { unevaluatedProperties: false }) };
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
