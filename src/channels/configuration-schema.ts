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

/** JSON Schema (draft 2020-12) of the configuration in a request. */
export function requestSchema({ configuration, exactlyOneOf }: Channel, operation: WriteOperation): JsonObject {
  const fields = fieldsOf(configuration).filter(
    (field) => !field.readOnly && (operation === 'update' || !field.updateOnly),
  );
  return {
    type: 'object',
    properties: propertySchemas(configuration, fields),
    required: fields
      .filter((field) => field.required && !(operation === 'update' && field.defaultsToCurrent))
      .map((field) => field.name),
    ...(exactlyOneOf.length > 0 && { oneOf: exactlyOneOf.map((name) => ({ required: [name] })) }),
    additionalProperties: false,
  };
}

/** JSON Schema of the configuration in a response: masked, every key optional (S-505). */
export function responseSchema({ configuration }: Channel): JsonObject {
  const fields = fieldsOf(configuration).filter((field) => !field.updateOnly);
  const secrets = fields.filter((field) => field.secret);
  return {
    type: 'object',
    properties: {
      ...propertySchemas(configuration, fields),
      ...Object.fromEntries(
        secrets.map(({ name, description = '' }) => [name, { type: 'string', const: MASK, description }]),
      ),
    },
    additionalProperties: { const: MASK, description: 'Undocumented properties are masked entirely.' },
  };
}

/** JSON Schema of an object that has exactly the documented members of a class. */
export function classSchema(declared: ConfigurationClass): JsonObject {
  const fields = fieldsOf(declared);
  return {
    type: 'object',
    properties: propertySchemas(declared, fields),
    required: fields.filter(({ required }) => required).map(({ name }) => name),
    additionalProperties: false,
  };
}

function propertySchemas(declared: ConfigurationClass, fields: readonly FieldDeclaration[]): JsonObject {
  return Object.fromEntries(
    fields.map(({ name, description, secret, readOnly, example }) => [
      name,
      {
        ...valueSchema(declared, name),
        ...(description !== undefined && { description }),
        ...(secret && { writeOnly: true }),
        ...(readOnly && { readOnly: true }),
        ...(example !== undefined && { examples: [example] }),
      },
    ]),
  );
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
