import fc from 'fast-check';
import type { Channel } from '../../src/channels/channel';
import { renameKeys } from '../../src/channels/configuration-keys';
import { maskConfiguration, secretsOf } from '../../src/channels/mask-configuration';
import { configurationErrors, type WriteOperation } from '../../src/channels/validate-configuration';
import type { JsonObject, JsonValue } from '../../src/json/json-value';

const MASK = '********';
const CANARY = 'canary-7f3a';
const OPERATIONS: readonly WriteOperation[] = ['create', 'update'];
const HOSTILE_KEYS = ['', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'a/b~c'];

/** What the document says of a channel, written by hand: the declaration is examined against it. */
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

/** The exam that every channel sits: what it takes, how it reads keys, and what it shows. */
export function channelContract(channel: Channel, cases: ChannelCases): void {
  describe(channel.id, () => {
    takesWhatItDeclares(channel, cases);
    refusesTheRest(channel, cases);
    readsKeysInAnyCase(channel, cases);
    showsNoSecret(channel, cases);
  });
}

function takesWhatItDeclares(channel: Channel, cases: ChannelCases): void {
  it('declares the documented fields, no more and no less', () => {
    const named = (isMeant: (field: Channel['fields'][number]) => boolean) =>
      channel.fields
        .filter(isMeant)
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

  it('is examined with a wrong type for every field of a request', () => {
    const fields = [...cases.required, ...cases.optional, ...cases.updateOnly];
    expect(Object.keys(cases.wrongTypes).sort()).toEqual(fields.sort());
  });

  it.each(OPERATIONS)('takes its own example on %s', (operation) => {
    expect(errors(channel, channel.example, operation)).toEqual([]);
  });
}

function refusesTheRest(channel: Channel, cases: ChannelCases): void {
  for (const operation of OPERATIONS) {
    for (const name of cases.required) {
      it(`refuses a complete configuration without ${name} on ${operation} (PRT 301)`, () => {
        const { [name]: _left, ...rest } = channel.example;
        expect(errors(channel, rest, operation)).toEqual([`301 /configuration/${name}`]);
      });
    }

    it(`refuses ${cases.foreignKey}, which is another channel's, on ${operation} (PRT 303) [S-108]`, () => {
      expect(errors(channel, { ...channel.example, [cases.foreignKey]: 'x' }, operation)).toEqual([
        `303 /configuration/${cases.foreignKey}`,
      ]);
    });
  }

  for (const [name, value] of Object.entries(cases.wrongTypes)) {
    it(`refuses a ${name} of the wrong type (PRT 302)`, () => {
      expect(errors(channel, { ...channel.example, [name]: value }, 'update')).toContain(`302 /configuration/${name}`);
    });
  }

  it.each(HOSTILE_KEYS)('refuses the unknown key "%s" at its pointer (PRT 303) [S-109]', (key) => {
    const pointer = `/configuration/${key.replace('~', '~0').replace('/', '~1')}`;
    const configuration = Object.fromEntries([...Object.entries(channel.example), [key, 'x']]);
    expect(errors(channel, configuration, 'create')).toEqual([`303 ${pointer}`]);
  });

  for (const name of cases.readOnly) {
    it.each(OPERATIONS)(`takes ${name}, which only responses have, on no %s`, (operation) => {
      expect(errors(channel, { ...channel.example, [name]: 'x' }, operation)).toEqual([`303 /configuration/${name}`]);
    });
  }

  for (const name of cases.updateOnly) {
    it(`takes ${name} on update only [S-306]`, () => {
      expect(errors(channel, { ...channel.example, [name]: true }, 'create')).toEqual([`303 /configuration/${name}`]);
      expect(errors(channel, { ...channel.example, [name]: true }, 'update')).toEqual([]);
    });
  }

  it('tells all problems at once, and never the offending value [S-751]', () => {
    const fields = Object.keys(cases.wrongTypes);
    const wrong = Object.fromEntries([...fields, 'undeclared'].map((name) => [name, { value: [CANARY] }]));
    const found = configurationErrors(channel, wrong, 'update');
    const places = [...fields, 'undeclared'].map((name) => `/configuration/${name}`);
    expect(new Set(found.map(({ pointer }) => pointer))).toEqual(new Set(places));
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
        });
      }),
    );
  });

  for (const name of names) {
    it(`reports ${name} when it stands twice, and keeps the documented spelling [S-109]`, () => {
      const other = name.toUpperCase();
      const kept = { configuration: { [name]: 'documented' }, repeated: [other] };
      expect(renameKeys(channel, { [name]: 'documented', [other]: 'other' })).toMatchObject(kept);
      expect(renameKeys(channel, { [other]: 'other', [name]: 'documented' })).toMatchObject(kept);
    });
  }

  it('renames but once: n(n(x)) = n(x), and leaves undeclared keys and all values as they are [S-225]', () => {
    const entries = fc.array(fc.tuple(fc.oneof(declaredKey(names), undeclaredKey(names)), json));
    fc.assert(
      fc.property(entries.map(Object.fromEntries<JsonValue>), (configuration) => {
        const once = renameKeys(channel, configuration);
        const twice = renameKeys(channel, once.configuration);
        expect(JSON.stringify(twice.configuration)).toBe(JSON.stringify(once.configuration));
        expect([...twice.repeated, ...twice.aliases]).toEqual([]);
        expect(Object.keys(once.configuration).length + once.repeated.length).toBe(Object.keys(configuration).length);
        for (const [key, value] of Object.entries(once.configuration)) {
          expect(Object.values(configuration)).toContain(value);
          if (!includesFolded(names, key)) expect(value).toBe(configuration[key]);
        }
      }),
    );
  });
}

function showsNoSecret(channel: Channel, cases: ChannelCases): void {
  const names = namesOf(cases);
  const shown = names.filter((name) => ![...cases.secret, ...cases.updateOnly].includes(name));

  it('masks secrets and undeclared keys whole, in any spelling and at any depth [S-205, S-755, S-756]', () => {
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
    it(`never shows ${name}, in any case [S-309]`, () => {
      expect(maskConfiguration(channel, { [name]: true, [name.toUpperCase()]: true })).toEqual({});
    });
  }

  for (const name of cases.secret) {
    it(`tells that ${name} is set, in any case, and when it is not`, () => {
      expect([...secretsOf(channel, { [name.toUpperCase()]: CANARY })]).toEqual([[name, CANARY]]);
      expect([...secretsOf(channel, { [name]: '' })]).toEqual([]);
      expect([...secretsOf(channel, { [name]: null })]).toEqual([]);
    });
  }

  it('counts nothing as its secret but what is one', () => {
    const visible = Object.fromEntries([...shown, 'undeclared'].map((name) => [name, CANARY]));
    expect([...secretsOf(channel, visible)]).toEqual([]);
  });
}

function errors(channel: Channel, configuration: JsonObject, operation: WriteOperation): readonly string[] {
  return configurationErrors(channel, configuration, operation).map(({ code, pointer }) => `${code} ${pointer}`);
}

function namesOf({ required, optional, updateOnly, readOnly }: ChannelCases): readonly string[] {
  return [...required, ...optional, ...updateOnly, ...readOnly];
}

function includesFolded(names: readonly string[], key: string): boolean {
  return names.some((name) => name.toLowerCase() === key.toLowerCase());
}

const recased = (name: string) => fc.mixedCase(fc.constant(name));

/** A declared name in any case; a key that nobody declares where the channel has none. */
const declaredKey = (names: readonly string[]) =>
  names.length === 0 ? fc.constant('undeclared') : fc.constantFrom(...names).chain(recased);

const undeclaredKey = (names: readonly string[]) =>
  fc.oneof(fc.string(), fc.constantFrom(...HOSTILE_KEYS)).filter((key) => !includesFolded(names, key));

/** Any JSON value; every string of it holds the canary. */
const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.string().map((text) => text + CANARY),
    fc.oneof(fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(fc.string(), tie('json'), { maxKeys: 3 }),
  ),
}));
