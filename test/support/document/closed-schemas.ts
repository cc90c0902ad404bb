import type { OpenApiDocument } from './openapi-document';

/** Keywords whose value is one schema, a list of schemas, or schemas by name (JSON Schema 2020-12, core and applicators). */
const ONE = ['items', 'additionalProperties', 'contains', 'not', 'if', 'then', 'else', 'propertyNames'];
const LISTS = ['oneOf', 'anyOf', 'prefixItems'];
const NAMED = ['properties', 'patternProperties', '$defs'];
/** Keywords that say which other members an object may have. */
const OPENNESS = ['additionalProperties', 'unevaluatedProperties'];

/**
 * The document with schemas that forbid the members which they do not name. Schemas leave them out so that clients accept later
 * versions; a response of this version with such a member is undocumented. A schema that says something about further members stays
 * as it is, and so do the parts of an `allOf`, as each names a part of the members.
 */
export function withoutOtherMembers(document: OpenApiDocument): object {
  return closedIn(document, partsIn(document));
}

/** Closes the schemas that an object of OpenAPI has under `schema` or `schemas`. */
function closedIn(value: unknown, parts: ReadonlySet<string>): object {
  if (Array.isArray(value)) return value.map((item) => (isObject(item) ? closedIn(item, parts) : item));
  const entries = Object.entries(Object(value)).map(([key, member]) => {
    if (!isObject(member) || key === 'examples' || key === 'example') return [key, member];
    if (key === 'schema' || key === 'itemSchema') return [key, closed(member, parts)];
    if (key !== 'schemas') return [key, closedIn(member, parts)];
    const schemas = Object.entries(member).map(([name, schema]) => [
      name,
      closed(schema, parts, !parts.has(`#/components/schemas/${name}`)),
    ]);
    return [key, Object.fromEntries(schemas)];
  });
  return Object.fromEntries(entries);
}

function closed(schema: unknown, parts: ReadonlySet<string>, isWhole = true): unknown {
  if (!isObject(schema)) return schema;
  const entries = Object.entries(schema).map(([keyword, value]) => {
    if (ONE.includes(keyword)) return [keyword, closed(value, parts)];
    // Beside members of its own, a schema's alternatives name a part of the members.
    if (LISTS.includes(keyword))
      return [keyword, listOf(value).map((one) => closed(one, parts, !('properties' in schema)))];
    if (keyword === 'allOf') return [keyword, listOf(value).map((one) => closed(one, parts, false))];
    if (!NAMED.includes(keyword)) return [keyword, value];
    const named = Object.entries(Object(value)).map(([name, one]) => [name, closed(one, parts)]);
    return [keyword, Object.fromEntries(named)];
  });
  const isOpen = !('properties' in schema || 'allOf' in schema) || OPENNESS.some((keyword) => keyword in schema);
  return { ...Object.fromEntries(entries), ...(isWhole && !isOpen && { unevaluatedProperties: false }) };
}

/** The schemas that an `allOf` refers to. */
function partsIn(value: unknown): ReadonlySet<string> {
  if (!isObject(value)) return new Set();
  const own = listOf(Reflect.get(value, 'allOf')).map((part) =>
    isObject(part) ? Reflect.get(part, '$ref') : undefined,
  );
  const below = Object.values(value).flatMap((member) => [...partsIn(member)]);
  return new Set([...own.filter((ref) => typeof ref === 'string'), ...below]);
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
