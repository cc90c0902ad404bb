import { isJsonObject, type JsonObject, type JsonValue, sameJson } from '../json/json-value';
import { CHANNELS } from './channel-registry';
import { requestSchema, responseSchema } from './configuration-schema';
import { direct } from './direct/direct.channel';
import { maskConfiguration } from './mask-configuration';
import { configurationErrors, type Operation } from './validate-configuration';

const OPERATIONS: readonly Operation[] = ['create', 'update'];
const CREATABLE = CHANNELS.filter(({ isCreatable }) => isCreatable);
/** Values that most fields refuse for their type or size; formats are beyond JSON Schema and have specs of their own. */
const ODD_VALUES: readonly JsonValue[] = [null, 1, true, {}, [], [1], [{}], 'x'.repeat(5000)];

describe('requestSchema', () => {
  for (const channel of CREATABLE) {
    it.each(OPERATIONS)(`says of ${channel.id} on %s what validation says`, (operation) => {
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
      // S-230: what an update may leave out is taken from the current integration before it is validated.
      const defaultsToCurrent = Object.fromEntries(
        channel.fields
          .filter((field) => field.defaultsToCurrent)
          .map(({ name }) => [name, channel.example[name] ?? null]),
      );
      for (const configuration of variants) {
        const whole = operation === 'update' ? { ...defaultsToCurrent, ...configuration } : configuration;
        const isTaken = configurationErrors(channel, whole, operation).length === 0;
        expect([configuration, accepts(schema, configuration)]).toEqual([configuration, isTaken]);
      }
      expect(accepts(schema, channel.example)).toBe(true);
    });
  }

  it('offers update-only fields on update, answer-only fields never [S-306, S-317]', () => {
    const properties = (operation: Operation) => Object.keys(Object(requestSchema(direct, operation)['properties']));
    expect(properties('create')).toEqual(['integrationType', 'echo', 'webhookUrl', 'start']);
    expect(properties('update')).toEqual(['integrationType', 'echo', 'webhookUrl', 'start', 'regenerateKeys']);
  });

  it('takes nothing for a channel without documented configuration [S-260]', () => {
    const bot = CHANNELS.find(({ id }) => id === 'Bot');
    expect(bot && requestSchema(bot, 'create')).toMatchObject({
      properties: {},
      required: [],
      additionalProperties: false,
    });
  });
});

describe('responseSchema', () => {
  it.each(CHANNELS)('describes what maskConfiguration of $id gives', (channel) => {
    const response = maskConfiguration(channel, {
      ...channel.example,
      ...Object.fromEntries(channel.fields.filter(({ secret }) => secret).map(({ name }) => [name, 'x'])),
      undeclared: 'x',
    });
    expect(accepts(responseSchema(channel), response)).toBe(true);
  });

  it.each(CHANNELS)('lets no value but the mask stand in a secret or undeclared key of $id [S-755]', (channel) => {
    const hidden = channel.fields.filter(({ secret }) => secret).map(({ name }) => name);
    for (const key of [...hidden, 'undeclared']) expect(accepts(responseSchema(channel), { [key]: 'x' })).toBe(false);
  });
});

type Rule = (value: JsonValue, expected: JsonValue, schema: JsonObject) => boolean;

const always: Rule = () => true;

/** As much of JSON Schema as the channels use; a keyword that is not here fails the test. */
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
  minLength: (value, expected) => String(value).length >= Number(expected),
  maxLength: (value, expected) => String(value).length <= Number(expected),
  format: always,
  description: always,
  examples: always,
  readOnly: always,
  writeOnly: always,
};

function accepts(schema: JsonObject, value: JsonValue): boolean {
  const { type, ...others } = schema;
  if (type !== undefined && typeNameOf(value) !== type) return false;
  return Object.entries(others).every(([keyword, expected]) => {
    const rule = RULES[keyword];
    if (!rule) throw new Error(`The check does not know the keyword ${keyword}`);
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
