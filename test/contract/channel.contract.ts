import fc from 'fast-check';
import type { Channel } from '../../src/channels/channel';
import { renameKeys } from '../../src/channels/configuration-keys';
import { maskConfiguration, secretsOf } from '../../src/channels/mask-configuration';
import { configurationErrors, type WriteOperation } from '../../src/channels/validate-configuration';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/json/json-value';

const MASK = '********';
const CANARY = 'canary-7f3a';
const OPERATIONS: readonly WriteOperation[] = ['create', 'update'];
const HOSTILE_KEYS = ['', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'a/b~c'];

/** The fields of a channel according to Hubster's document, written by hand; the declaration is tested against them. */
export interface ChannelCases {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly updateOnly: readonly string[];
  readonly readOnly: readonly string[];
  readonly secret: readonly string[];
  /** A value of the wrong type for each field that a request may have. */
  readonly wrongTypes: JsonObject;
  /** A field of another channel (S-108). */
  readonly foreignKey: string;
}

/** The tests that every channel has to pass: accepted fields, reading of keys, and masking. */
export function channelContract(channel: Channel, cases: ChannelCases): void {
  describe(channel.id, () => {
    acceptsDeclaredFields(channel, cases);
    rejectsOtherFields(channel, cases);
    readsKeysInAnyCase(channel, cases);
    masksSecrets(channel, cases);
  });
}

function acceptsDeclaredFields(channel: Channel, cases: ChannelCases): void {
  it('declares the documented fields, no more and no less', () => {
    const named = (isIncluded: (field: Channel['fields'][number]) => boolean) =>
      channel.fields
        .filter(isIncluded)
        .map(({ name }) => name)
        .sort();
    expect({
      required: named((field) => field.required === true),
      optional: named((field) => !field.required && !field.updateOnly && !field.readOnly),
      updateOnly: named((field) => field.updateOnly === true),
      readOnly: named((field) => field.readOnly === true),
      secret: named((field) => field.secret === true),
    }).toEqual({
      required: [...cases.required].sort(),
      optional: [...cases.optional].sort(),
      updateOnly: [...cases.updateOnly].sort(),
      readOnly: [...cases.readOnly].sort(),
      secret: [...cases.secret].sort(),
    });
  });

  it('has a test value of a wrong type for every field of a request', () => {
    const fields = [...cases.required, ...cases.optional, ...cases.updateOnly];
    expect(Object.keys(cases.wrongTypes).sort()).toEqual(fields.sort());
  });

  it.each(OPERATIONS)('accepts its own example on %s', (operation) => {
    expect(errors(channel, channel.example, operation)).toEqual([]);
  });
}

function rejectsOtherFields(channel: Channel, cases: ChannelCases): void {
  for (const operation of OPERATIONS) {
    for (const name of cases.required) {
      it(`rejects a complete configuration without ${name} on ${operation} (PRT 301)`, () => {
        const { [name]: _omitted, ...rest } = channel.example;
        expect(errors(channel, rest, operation)).toEqual([`301 /configuration/${name}`]);
      });
    }

    it(`rejects ${cases.foreignKey}, a field of another channel, on ${operation} (PRT 303) [S-108]`, () => {
      expect(errors(channel, { ...channel.example, [cases.foreignKey]: 'x' }, operation)).toEqual([
        `303 /configuration/${cases.foreignKey}`,
      ]);
    });
  }

  for (const [name, value] of Object.entries(cases.wrongTypes)) {
    it(`rejects a ${name} of the wrong type (PRT 302)`, () => {
      expect(errors(channel, { ...channel.example, [name]: value }, 'update')).toContain(`302 /configuration/${name}`);
    });
  }

  it.each(HOSTILE_KEYS)('rejects the unknown key "%s" at its pointer (PRT 303) [S-109]', (key) => {
    const pointer = `/configuration/${key.replace('~', '~0').replace('/', '~1')}`;
    const configuration = Object.fromEntries([...Object.entries(channel.example), [key, 'x']]);
    expect(errors(channel, configuration, 'create')).toEqual([`303 ${pointer}`]);
  });

  for (const name of cases.readOnly) {
    it.each(OPERATIONS)(`rejects ${name}, a read-only field, on %s`, (operation) => {
      expect(errors(channel, { ...channel.example, [name]: 'x' }, operation)).toEqual([`303 /configuration/${name}`]);
    });
  }

  for (const name of cases.updateOnly) {
    it(`accepts ${name} on update only [S-306]`, () => {
      expect(errors(channel, { ...channel.example, [name]: true }, 'create')).toEqual([`303 /configuration/${name}`]);
      expect(errors(channel, { ...channel.example, [name]: true }, 'update')).toEqual([]);
    });
  }

  it('reports all violations at once, without the offending values [S-751]', () => {
    const fields = Object.keys(cases.wrongTypes);
    const wrong = Object.fromEntries([...fields, 'undeclared'].map((name) => [name, wrongValue(channel, name)]));
    const found = configurationErrors(channel, wrong, 'update');
    const pointers = [...fields, 'undeclared'].map((name) => `/configuration/${name}`);
    expect(new Set(found.map(({ pointer }) => pointer))).toEqual(new Set(pointers));
    expect(JSON.stringify(found)).not.toContain(CANARY);
  });
}

function readsKeysInAnyCase(channel: Channel, cases: ChannelCases): void {
  const names = namesOf(cases);

  it('reads its fields in any case [S-109, S-205]', () => {
    const anyCase = fc.tuple(
      ...Object.entries(channel.example).map(([name, value]) => fc.tuple(recased(name), fc.constant(value))),
    );
    fc.assert(
      fc.property(anyCase, (entries) => {
        expect(renameKeys(channel, Object.fromEntries(entries))).toEqual({
          configuration: channel.example,
          repeated: [],
          aliases: [],
          isRespelled: expect.any(Boolean),
        });
      }),
    );
  });

  for (const name of names) {
    it(`reports ${name} when it occurs twice, and keeps the documented spelling [S-109]`, () => {
      const other = name.toUpperCase();
      const kept = { configuration: { [name]: 'documented' }, repeated: [`/${other}`] };
      expect(renameKeys(channel, { [name]: 'documented', [other]: 'other' })).toMatchObject(kept);
      expect(renameKeys(channel, { [other]: 'other', [name]: 'documented' })).toMatchObject(kept);
    });
  }

  it('renames idempotently: n(n(x)) = n(x), without changes to undeclared keys or to values [S-225]', () => {
    const entries = fc.array(fc.tuple(fc.oneof(declaredKey(names), undeclaredKey(names)), json));
    fc.assert(
      fc.property(entries.map(Object.fromEntries<JsonValue>), (configuration) => {
        const once = renameKeys(channel, configuration);
        const twice = renameKeys(channel, once.configuration);
        expect(JSON.stringify(twice.configuration)).toBe(JSON.stringify(once.configuration));
        expect([...twice.repeated, ...twice.aliases]).toEqual([]);
        const repeated = once.repeated.filter((pointer) => pointer.lastIndexOf('/') === 0);
        expect(Object.keys(once.configuration).length + repeated.length).toBe(Object.keys(configuration).length);
        for (const [key, value] of Object.entries(once.configuration)) {
          if (!(hasMembers(channel, key) && isJsonObject(value))) expect(Object.values(configuration)).toContain(value);
          if (!includesFolded(names, key)) expect(value).toBe(configuration[key]);
        }
      }),
    );
  });
}

function masksSecrets(channel: Channel, cases: ChannelCases): void {
  const names = namesOf(cases);
  const shown = names.filter((name) => ![...cases.secret, ...cases.updateOnly].includes(name));

  it('masks secrets and undeclared keys entirely, in any spelling and at any depth [S-205, S-755, S-756]', () => {
    const masked = fc.tuple(fc.oneof(declaredKey(cases.secret), undeclaredKey(names)), json);
    const unexpected = fc.tuple(declaredKey(shown), fc.dictionary(fc.string(), json));
    const entries = fc.array(fc.oneof(masked, unexpected));
    fc.assert(
      fc.property(entries.map(Object.fromEntries<JsonValue>), (configuration) => {
        const response = maskConfiguration(channel, configuration);
        expect(JSON.stringify(response)).not.toContain(CANARY);
        expect(Object.keys(response)).toEqual(Object.keys(configuration));
        for (const [key, value] of Object.entries(response)) {
          if (!includesFolded(shown, key)) expect(value).toBe(MASK);
        }
      }),
    );
  });

  for (const name of cases.updateOnly) {
    it(`omits ${name} from responses, in any case [S-309]`, () => {
      expect(maskConfiguration(channel, { [name]: true, [name.toUpperCase()]: true })).toEqual({});
    });
  }

  for (const name of cases.secret) {
    it(`finds the secret ${name} in any case, but not an empty one`, () => {
      expect([...secretsOf(channel, { [name.toUpperCase()]: CANARY })]).toEqual([[name, CANARY]]);
      expect([...secretsOf(channel, { [name]: '' })]).toEqual([]);
      expect([...secretsOf(channel, { [name]: null })]).toEqual([]);
    });
  }

  it('finds no secret in other fields', () => {
    const visible = Object.fromEntries([...shown, 'undeclared'].map((name) => [name, CANARY]));
    expect([...secretsOf(channel, visible)]).toEqual([]);
  });
}

function errors(channel: Channel, configuration: JsonObject, operation: WriteOperation): readonly string[] {
  return configurationErrors(channel, configuration, operation).map(({ code, pointer }) => `${code} ${pointer}`);
}

/** A value of a wrong type, with a canary in it: an object, or a text for a field that takes objects. */
function wrongValue(channel: Channel, name: string): JsonValue {
  return hasMembers(channel, name) ? CANARY : { value: [CANARY] };
}

/** Whether a field takes an object with declared members, or a list of them. */
function hasMembers({ fields }: Channel, name: string): boolean {
  return fields.some((field) => field.name === name && field.members.length > 0);
}

function namesOf({ required, optional, updateOnly, readOnly }: ChannelCases): readonly string[] {
  return [...required, ...optional, ...updateOnly, ...readOnly];
}

function includesFolded(names: readonly string[], key: string): boolean {
  return names.some((name) => name.toLowerCase() === key.toLowerCase());
}

const recased = (name: string) => fc.mixedCase(fc.constant(name));

/** A declared name in any case; an undeclared key for a channel without declared names. */
const declaredKey = (names: readonly string[]) =>
  names.length === 0 ? fc.constant('undeclared') : fc.constantFrom(...names).chain(recased);

const undeclaredKey = (names: readonly string[]) =>
  fc.oneof(fc.string(), fc.constantFrom(...HOSTILE_KEYS)).filter((key) => !includesFolded(names, key));

/** Any JSON value; every string in it contains the canary. */
const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.string().map((text) => text + CANARY),
    fc.oneof(fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.string(), tie('json'), { maxKeys: 3 }),
  ),
}));
