import type { JsonObject, JsonValue } from '../json/json-value';
import { MASK } from '../secrets/secret';
import type { Channel } from './channel';
import {
  type ConfigurationClass,
  type FieldDeclaration,
  fieldsOf,
  nestedClassOf,
  type RuleContext,
  type RuleMetadata,
  rulesOf,
} from './field';
import type { WriteOperation } from './validate-configuration';

/** The JSON Schema of the rules of class-validator that have one; other rules have it in their context. */
const KEYWORDS: Readonly<Record<string, (first: JsonValue, second: JsonValue) => JsonObject>> = {
  isString: () => ({ type: 'string' }),
  isBoolean: () => ({ type: 'boolean' }),
  isInt: () => ({ type: 'integer' }),
  isArray: () => ({ type: 'array' }),
  isObject: () => ({ type: 'object' }),
  isIn: (values) => ({ enum: values }),
  isNotEmpty: () => ({ minLength: 1 }),
  minLength: (minLength) => ({ minLength }),
  maxLength: (maxLength) => ({ maxLength }),
  isLength: (minLength, maxLength) => ({ minLength, maxLength }),
  matches: (pattern) => ({ pattern: Object(pattern).source }),
  arrayMinSize: (minItems) => ({ minItems }),
  arrayMaxSize: (maxItems) => ({ maxItems }),
  arrayUnique: () => ({ uniqueItems: true }),
};

/** JSON Schema (draft 2020-12) of the whole configuration in a request. */
export function requestSchema({ configuration, exactlyOneOf }: Channel, operation: WriteOperation): JsonObject {
  const fields = writableFields(configuration).filter((field) => operation === 'update' || !field.updateOnly);
  const required = fields
    .filter((field) => field.required && !(operation === 'update' && field.defaultsToCurrent))
    .map((field) => field.name);
  const withOnly = (chosen?: string) => ({
    ...objectSchema(
      configuration,
      fields.filter(({ name }) => name === chosen || !exactlyOneOf.includes(name)),
    ),
    required: chosen === undefined ? required : [...required, chosen],
  });
  if (exactlyOneOf.length === 0) return withOnly();
  return { oneOf: exactlyOneOf.map((chosen) => ({ title: `With ${chosen}`, ...withOnly(chosen) })) };
}

/** JSON Schema of a configuration as a merge patch (RFC 7396): null removes a property that is not required (S-327). */
export function patchSchema({ configuration }: Channel): JsonObject {
  const fields = writableFields(configuration);
  const { properties, ...rest } = objectSchema(configuration, fields);
  const removable = new Set(fields.filter(({ required }) => !required).map(({ name }) => name));
  const patched = Object.entries(Object(properties)).map(([name, schema]) => {
    const { type, ...others } = Object(schema);
    return [name, removable.has(name) ? { type: [type, 'null'], ...others } : schema];
  });
  return { ...rest, properties: Object.fromEntries(patched) };
}

/**
 * JSON Schema of the configuration in a response (S-505): as `maskConfiguration` makes it. Every key is optional, and a value that is
 * not of the declared type is a mask. Undeclared keys are in `unevaluatedProperties`, as generators of clients make an index
 * signature of `additionalProperties` that contradicts the declared keys.
 */
export function responseSchema({ configuration }: Channel, limits: ResponseLimits): JsonObject {
  return {
    type: 'object',
    properties: shownProperties(configuration, limits),
    unevaluatedProperties: { const: MASK, description: 'Undocumented properties are masked entirely.' },
  };
}

/** The sizes of what Hubster may send. */
export interface ResponseLimits {
  readonly maxLength: number;
  readonly maxItems: number;
}

/** JSON Schema of an object that has exactly the documented members of a class. */
export function classSchema(declared: ConfigurationClass): JsonObject {
  const fields = fieldsOf(declared);
  return {
    ...objectSchema(declared, fields),
    required: fields.filter(({ required }) => required).map(({ name }) => name),
  };
}

const writableFields = (declared: ConfigurationClass) => fieldsOf(declared).filter(({ readOnly }) => !readOnly);

function objectSchema(declared: ConfigurationClass, fields: readonly FieldDeclaration[]): JsonObject {
  const properties = fields.map((field) => [
    field.name,
    { ...valueSchema(declared, field.name), ...annotationsOf(field), ...(field.secret && SECRET) },
  ]);
  return { type: 'object', properties: Object.fromEntries(properties), additionalProperties: false };
}

/** Not `writeOnly`: generators of clients make two types of every schema that has it somewhere. */
const SECRET = { format: 'password', 'x-secret': true };

function annotationsOf({ description, example }: FieldDeclaration): JsonObject {
  return {
    ...(description !== undefined && { description }),
    ...(example !== undefined && { examples: [example] }),
  };
}

function shownProperties(declared: ConfigurationClass, limits: ResponseLimits): JsonObject {
  const fields = fieldsOf(declared).filter((field) => !field.updateOnly);
  return Object.fromEntries(
    fields.map((field) => [field.name, { ...shownSchema(declared, field, limits), ...annotationsOf(field) }]),
  );
}

function shownSchema(declared: ConfigurationClass, field: FieldDeclaration, limits: ResponseLimits): JsonObject {
  if (field.secret) return { type: 'string', const: MASK, 'x-secret': true };
  const { maxLength } = limits;
  // A number in place of a text is shown as Hubster wrote it, with all its digits.
  if (field.type === String) return { type: [...(field.redact ? [] : ['number']), 'string', 'null'], maxLength };
  return { anyOf: [declaredType(declared, field, limits), { type: 'string', const: MASK }, { type: 'null' }] };
}

function declaredType(declared: ConfigurationClass, { name }: FieldDeclaration, limits: ResponseLimits): JsonObject {
  const nested = nestedClassOf(declared, name);
  if (rulesOf(declared, name).some((rule) => rule.name === 'isArray')) {
    const items = nested
      ? { type: 'object', additionalProperties: true }
      : { type: 'string', maxLength: limits.maxLength };
    return { type: 'array', maxItems: limits.maxItems, items };
  }
  if (nested) return { type: 'object', properties: shownProperties(nested, limits) };
  return { type: 'boolean' };
}

function valueSchema(declared: ConfigurationClass, property: string): JsonObject {
  const rules = rulesOf(declared, property);
  const nested = nestedClassOf(declared, property);
  const isList = rules.some(({ each }) => each);
  const own = keywordsOf(rules.filter(({ each }) => !each));
  const ofItems = keywordsOf(rules.filter(({ each }) => each));
  const object = nested && nestedSchema(nested);
  return isList ? { ...own, items: { ...ofItems, ...object } } : { ...own, ...object };
}

/** An object with more members than the documented ones. */
function nestedSchema(declared: ConfigurationClass): JsonObject {
  const { properties = {}, required } = classSchema(declared);
  return {
    type: 'object',
    ...(Array.isArray(required) && required.length > 0 && { required }),
    properties,
    additionalProperties: true,
  };
}

function keywordsOf(rules: readonly RuleMetadata[]): JsonObject {
  return Object.assign(
    {},
    ...rules.map(({ name = '', constraints, context }) => {
      const [first, second] = constraints ?? [];
      const { schema }: RuleContext = context ?? {};
      return { ...KEYWORDS[name]?.(first, second), ...schema };
    }),
  );
}
