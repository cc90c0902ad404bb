import { isJsonObject, type JsonObject, type JsonValue, sameJson } from '../json/json-value';
import { CHANNELS } from './channel-registry';
import { requestSchema, responseSchema } from './configuration-schema';
import { direct } from './direct/direct.channel';
import { maskConfiguration } from './mask-configuration';
import { configurationErrors, type WriteOperation } from './validate-configuration';

const OPERATIONS: readonly WriteOperation[] = ['create', 'update'];
const LIMITS = { maxLength: 100, maxItems: 100 };
const CREATABLE = CHANNELS.filter(({ isCreatable }) => isCreatable);
/** Values that most fields reject for their type or size. JSON Schema cannot express the formats; each has a spec of its own. */
const ODD_VALUES: readonly JsonValue[] = [null, 1, true, {}, [], [1], [{}], 'x'.repeat(5000)];

describe('requestSchema', () => {
  for (const channel of CREATABLE) {
    it.each(OPERATIONS)(
      `accepts for ${channel.id} on %s exactly the configurations that validation accepts`,
      (operation) => {
        const schema = requestSchema(channel, operation);
        const without = (left: string) =>
          Object.fromEntries(Object.entries(channel.example).filter(([key]) => key !== left));
        const variants: readonly JsonObject[] = [
          channel.example,
          {},
          { ...channel.example, undeclared: 1 },
          ...Object.keys(channel.example).map(without),
          ...channel.fields.flatMap(({ name }) => ODD_VALUES.map((value) => ({ ...channel.example, [name]: value }))),
        ];
        // S-230: an update is validated after such fields were filled in from the current integration.
        const defaultsToCurrent = Object.fromEntries(
          channel.fields
            .filter((field) => field.defaultsToCurrent)
            .map(({ name }) => [name, channel.example[name] ?? null]),
        );
        for (const configuration of variants) {
          const whole = operation === 'update' ? { ...defaultsToCurrent, ...configuration } : configuration;
          const isValid = configurationErrors(channel, whole, operation).length === 0;
          expect([configuration, accepts(schema, configuration)]).toEqual([configuration, isValid]);
        }
        expect(accepts(schema, channel.example)).toBe(true);
      },
    );
  }

  it('has update-only fields on update, and never a read-only field [S-306, S-317]', () => {
    const properties = (operation: WriteOperation) =>
      Object.keys(Object(requestSchema(direct, operation)['properties']));
    expect(properties('create')).toEqual(['integrationType', 'echo', 'webhookUrl', 'start']);
    expect(properties('update')).toEqual(['integrationType', 'echo', 'webhookUrl', 'start', 'regenerateKeys']);
  });

  it('rejects every key of a channel without documented configuration [S-260]', () => {
    const bot = CHANNELS.find(({ id }) => id === 'Bot');
    expect(bot && requestSchema(bot, 'create')).toMatchObject({
      properties: {},
      required: [],
      additionalProperties: false,
    });
  });
});

describe('responseSchema', () => {
  it.each(CHANNELS)('accepts the result of maskConfiguration for $id', (channel) => {
    const response = maskConfiguration(channel, {
      ...channel.example,
      ...Object.fromEntries(channel.fields.filter(({ secret }) => secret).map(({ name }) => [name, 'x'])),
      undeclared: 'x',
    });
    expect(accepts(responseSchema(channel, LIMITS), response)).toBe(true);
  });

  it.each(CHANNELS)('accepts only the mask in secret and undeclared keys of $id [S-755]', (channel) => {
    const hidden = channel.fields.filter(({ secret }) => secret).map(({ name }) => name);
    for (const key of [...hidden, 'undeclared'])
      expect(accepts(responseSchema(channel, LIMITS), { [key]: 'x' })).toBe(false);
  });
});

type Rule = (value: JsonValue, expected: JsonValue, schema: JsonObject) => boolean;

const always: Rule = () => true;

/** The keywords of JSON Schema that the channels use; any other fails the test. */
const RULES: Readonly<Record<string, Rule>> = {
  const: (value, expected) => sameJson(value, expected),
  enum: (value, expected) => listOf(expected).some((one) => sameJson(one, value)),
  oneOf: (value, expected) => listOf(expected).filter((schema) => accepts(objectOf(schema), value)).length === 1,
  required: (value, expected) => listOf(expected).every((key) => Object.hasOwn(objectOf(value), String(key))),
  properties: (value, expected) =>
    Object.entries(objectOf(expected)).every(
      ([key, schema]) =>
        !Object.hasOwn(objectOf(value), key) || accepts(objectOf(schema), objectOf(value)[key] ?? null),
    ),
  additionalProperties: (value, expected, schema) => {
    const declared = objectOf(schema['properties'] ?? {});
    const others = Object.entries(objectOf(value)).filter(([key]) => !Object.hasOwn(declared, key));
    return others.every(([, item]) => (isJsonObject(expected) ? accepts(expected, item) : expected === true));
  },
  items: (value, expected) => listOf(value).every((item) => accepts(objectOf(expected), item)),
  minItems: (value, expected) => listOf(value).length >= Number(expected),
  maxItems: (value, expected) => listOf(value).length <= Number(expected),
  uniqueItems: (value) => new Set(listOf(value).map((item) => JSON.stringify(item))).size === listOf(value).length,
  minLength: (value, expected) => typeof value !== 'string' || value.length >= Number(expected),
  maxLength: (value, expected) => typeof value !== 'string' || value.length <= Number(expected),
  format: always,
  description: always,
  examples: always,
  title: always,
  pattern: (value, expected) => new RegExp(String(expected), 'u').test(String(value)),
  'x-secret': always,
  anyOf: (value, expected) => listOf(expected).some((schema) => accepts(objectOf(schema), value)),
  unevaluatedProperties: (value, expected, schema) => RULES['additionalProperties']?.(value, expected, schema) === true,
};

function accepts(schema: JsonObject, value: JsonValue): boolean {
  const { type, ...others } = schema;
  const types = typeof type === 'string' ? [type] : listOf(type ?? []);
  if (types.length > 0 && !types.includes(typeNameOf(value))) return false;
  return Object.entries(others).every(([keyword, expected]) => {
    const rule = RULES[keyword];
    if (!rule) throw new Error(`Unknown keyword of JSON Schema: ${keyword}`);
    return rule(value, expected, schema);
  });
}

function typeNameOf(value: JsonValue): string {
  if (Array.isArray(value)) return 'array';
  return value === null ? 'null' : typeof value;
}

function listOf(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

function objectOf(value: JsonValue): JsonObject {
  return isJsonObject(value) ? value : {};
}
