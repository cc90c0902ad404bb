import fc from 'fast-check';
import type { Channel } from '../channels/channel';
import { CHANNELS } from '../channels/channel-registry';
import { fieldNamed, renameKeys } from '../channels/configuration-keys';
import { INTEGRATION_TYPES } from '../channels/integration-type';
import type { Integration } from '../hubster/integration';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-value';
import { Problem } from '../problems/problem';
import { MASK, Secret } from '../secrets/secret';
import { SecretKeys } from '../secrets/secret-keys';
import { IntegrationViews } from './integration-view';
import { readUpdate } from './requests/update-request';
import { planUpdate } from './update-plan';

/** For each channel and each property: ten channels make a thousand runs. */
const RUNS = { numRuns: 35 };

const views = new IntegrationViews(new SecretKeys(Secret.of('k'.repeat(32))));

/** `fc.jsonValue()` as our own type of the same values. */
function json(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value));
}

const anything: fc.Arbitrary<JsonValue> = fc.jsonValue({ maxDepth: 2 }).map(json);

const HOSTS = fc.constantFrom('hook.io', 'localhost:5100', 'url_end_point.com');
/** Values that Hubster may have for a field of a request, some of which no request could set. */
const STORED: Readonly<Record<string, fc.Arbitrary<JsonValue>>> = {
  integrationType: fc.constantFrom(
    ...INTEGRATION_TYPES,
    ...INTEGRATION_TYPES.map((type) => type.toLowerCase()),
    2,
    '3',
  ),
  echo: fc.boolean(),
  webhookUrl: fc
    .tuple(fc.constantFrom('', 'u:p@'), HOSTS, fc.constantFrom('', '/in', '?customer=1', '?a=1&token=abc', '#key=x'))
    .map(([user, host, rest]) => `https://${user}${host}${rest}`),
  start: fc.array(fc.dictionary(fc.string(), anything), { maxLength: 3 }),
  allowedOrigins: fc.array(fc.string(), { maxLength: 3 }),
  events: fc.array(fc.constantFrom('message', 'message:bot', 'legacy'), { maxLength: 3 }),
};

/** An integration as Hubster may have it: optional fields set, absent or null, and any undeclared keys. */
const storedIn = (channel: Channel): fc.Arbitrary<Integration> => {
  const request = channel.fields.filter((field) => !field.readOnly);
  const values = request.map(({ name, required }) => {
    const value = STORED[name] ?? fc.string({ minLength: 1 });
    const absent = required ? [] : [fc.constant(null), fc.constant(undefined)];
    return fc.tuple(fc.constant(name), fc.oneof<fc.Arbitrary<JsonValue | undefined>[]>(value, ...absent));
  });
  const responses = channel.fields
    .filter((field) => field.readOnly)
    .map(({ name }) => fc.tuple(fc.constant(name), anything));
  const undeclared = fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('toString', '__proto__', 'a/b~')), anything, {
    maxKeys: 4,
  });
  return fc.tuple(fc.tuple(...values), fc.tuple(...responses), undeclared).map(([fields, readOnly, others]) => {
    const entries = [...fields, ...readOnly, ...Object.entries(others)].flatMap(([key, value]) =>
      value === undefined ? [] : [[key, value] as const],
    );
    return {
      integrationId: '00000000-0000-0000-0000-000000000001',
      hubId: '3bc1e69f-c520-446f-ab2c-01751fd66a31',
      inboundId: 'AC1',
      integrationTypeId: 'Customer',
      channel,
      name: 'Support line',
      statusId: 3000,
      configuration: Secret.of(renameKeys(channel, Object.fromEntries(entries)).configuration),
    };
  });
};

const pick = (configuration: JsonObject, isMeant: (key: string, value: JsonValue) => boolean) =>
  Object.fromEntries(Object.entries(configuration).filter(([key, value]) => isMeant(key, value)));

describe.each(CHANNELS.map((channel) => [channel.id, channel] as const))(
  'a response of %s sent back',
  (_id, channel) => {
    const planOf = (now: Integration, mode: 'replace' | 'merge') => {
      const response: JsonValue = json(views.viewOf(now, 'acme'));
      if (!isJsonObject(response)) throw new Error('no object');
      return planUpdate(now, readUpdate(response, mode), false);
    };
    const isRequestField = (key: string) => {
      const field = fieldNamed(channel, key);
      return field !== undefined && !field.readOnly && !field.updateOnly;
    };
    const isFrozen = channel.configurationUpdate === 'frozen';

    it('by POST is accepted and replaces the configuration by itself [S-325, S-315]', () => {
      fc.assert(
        fc.property(storedIn(channel), (now) => {
          const { values, warnings } = planOf(now, 'replace');
          const same = pick(now.configuration.reveal(), (key, value) => isRequestField(key) && value !== null);
          expect(values.configuration?.reveal()).toEqual(isFrozen ? undefined : same);
          expect(values.name).toBe(now.name);
          expect(warnings.map(({ pointer }) => pointer)).toEqual(
            expect.arrayContaining(['/channelId', '/hubId', '/secrets']),
          );
        }),
        RUNS,
      );
    });

    it('by PATCH is accepted and sends undeclared keys back unchanged [S-326]', () => {
      fc.assert(
        fc.property(storedIn(channel), (now) => {
          const same = pick(now.configuration.reveal(), (key, value) =>
            fieldNamed(channel, key) ? isRequestField(key) && value !== null : true,
          );
          expect(planOf(now, 'merge').values.configuration?.reveal()).toEqual(isFrozen ? undefined : same);
        }),
        RUNS,
      );
    });

    it('leads to no plan with a mask, whatever was changed in it [S-315]', () => {
      const masks = fc.constantFrom(MASK, `x${MASK}`, `https://${MASK}@hook.io`, `https://hook.io?token=${MASK}`);
      const value = fc.oneof(masks, fc.array(masks), fc.dictionary(fc.string(), masks), anything);
      const names = [...channel.fields.map(({ name }) => name), 'undeclared'];
      const changes = fc.dictionary(
        fc.constantFrom(...names).chain((name) => fc.mixedCase(fc.constant(name))),
        value,
      );
      fc.assert(
        fc.property(
          storedIn(channel),
          changes,
          fc.boolean(),
          fc.constantFrom('replace', 'merge'),
          (now, changed, isLenient, mode) => {
            const { configuration } = views.viewOf(now, 'acme');
            const command = readUpdate({ configuration: { ...configuration, ...changed } }, mode);
            try {
              const plan = planUpdate(now, command, isLenient);
              expect(JSON.stringify(plan.values.configuration?.reveal() ?? {})).not.toContain(MASK);
            } catch (error) {
              expect(error).toBeInstanceOf(Problem);
            }
          },
        ),
        RUNS,
      );
    });
  },
);
