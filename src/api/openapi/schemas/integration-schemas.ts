import type { Channel } from '../../../channels/channel';
import { CHANNELS } from '../../../channels/channel-registry';
import { responseSchema } from '../../../channels/configuration-schema';
import { INTEGRATION_TYPES } from '../../../channels/integration-type';
import { ONE_MAX_BYTES } from '../../../hubster/portal';
import type { JsonObject } from '../../../json/json-value';
import { MAX_PAGE_NUMBER, MAX_PAGE_SIZE } from '../../request/parameters';
import { ref } from '../operation';
import { integrationExample } from './integration-examples';
import { guid, integer, list, object, text } from './scalars';

/** No text of an integration is longer than the integration. */
const HUBSTER_TEXT = { type: 'string', maxLength: ONE_MAX_BYTES };
const MAX_ITEMS = 100_000;
const SAFE = integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
/** An unknown channel or type of Hubster is shown as its number or name. */
const NAME = { type: 'string', pattern: '^[A-Za-z0-9_ -]{1,40}$', maxLength: 40 };

/** Integrations as responses show them. */
export function integrationSchemas(): Record<string, JsonObject> {
  return {
    Integration: {
      title: 'Integration',
      description: 'One of the documented channels, or `OtherIntegration`: more channels may come at any time.',
      anyOf: [...CHANNELS.map(({ id }) => ref('schemas', `${id}Integration`)), ref('schemas', 'OtherIntegration')],
      examples: [integrationExample('TwilioSMS')],
    },
    ...Object.fromEntries(CHANNELS.map((channel) => [`${channel.id}Integration`, channelIntegration(channel)])),
    ...Object.fromEntries(
      CHANNELS.filter(({ isCreatable }) => isCreatable).map((channel) => [
        `${channel.id}Configuration`,
        { title: channel.id, ...responseSchema(channel, { maxLength: ONE_MAX_BYTES, maxItems: MAX_ITEMS }) },
      ]),
    ),
    OtherIntegration: otherIntegration(),
    UndocumentedConfiguration: {
      title: 'Undocumented',
      description: 'Every value is masked as long as the channel is undocumented.',
      type: 'object',
      additionalProperties: true,
    },
    SecretState: object(['set', 'fingerprint'], {
      set: { type: 'boolean', enum: [true] },
      fingerprint: {
        ...text(64),
        pattern: '^fp2:[0-9a-f]{4}\\.[a-z2-7]{16}$',
        description:
          'Two fingerprints of one integration can be compared if they are equal up to the dot: if the rest differs, the ' +
          'values differ.',
      },
    }),
    WrittenIntegration: {
      title: 'Integration after a write',
      allOf: [
        ref('schemas', 'Integration'),
        object([], {
          warnings: {
            ...list(ref('schemas', 'Warning'), MAX_ITEMS),
            description: 'What the write did not do, or did besides. Absent if there is nothing to say.',
          },
        }),
      ],
      examples: [integrationExample('WebChat')],
    },
    Warning: object(['code', 'pointer', 'message'], {
      code: { ...text(64), examples: ['configuration-dropped'] },
      pointer: { ...HUBSTER_TEXT, description: 'JSON Pointer (RFC 6901) into the body.' },
      message: text(1024),
    }),
    IntegrationList: list(ref('schemas', 'Integration'), MAX_ITEMS),
    IntegrationPage: object(['pageNumber', 'pageSize', 'total', 'results'], {
      pageNumber: integer(0, MAX_PAGE_NUMBER),
      pageSize: integer(1, MAX_PAGE_SIZE),
      total: {
        ...integer(0, Number.MAX_SAFE_INTEGER),
        description:
          'The total that Hubster reports, which can differ from the number of results. For a tenant with listed hubs: the ' +
          'number of integrations in the hub.',
      },
      results: list(ref('schemas', 'Integration'), MAX_ITEMS),
    }),
  };
}

function channelIntegration(channel: Channel): JsonObject {
  const { id, isCreatable } = channel;
  return {
    title: id,
    ...integrationObject(
      { type: 'string', enum: [id] },
      ref('schemas', isCreatable ? `${id}Configuration` : 'UndocumentedConfiguration'),
      secretsSchema(channel),
    ),
  };
}

/** Without a discriminator: clients that know one reject a `channelId` that it does not list. */
function otherIntegration(): JsonObject {
  const channelId = {
    ...NAME,
    not: { enum: CHANNELS.map(({ id }) => id) },
    description: 'A channel that this document does not know: Hubster’s number or name.',
  };
  const secrets = { type: 'object', additionalProperties: ref('schemas', 'SecretState'), maxProperties: 1000 };
  return { title: 'Other', ...integrationObject(channelId, ref('schemas', 'UndocumentedConfiguration'), secrets) };
}

function integrationObject(channelId: JsonObject, configuration: JsonObject, secrets: JsonObject): JsonObject {
  return object(['integrationId', 'hubId', 'channelId', 'configuration', 'secrets'], {
    integrationId: guid,
    hubId: guid,
    inboundId: { ...HUBSTER_TEXT, description: 'Absent if Hubster does not send it.' },
    integrationTypeId: {
      ...NAME,
      description: `${INTEGRATION_TYPES.join(', ')}; an unknown type as Hubster’s number or name.`,
    },
    channelId,
    name: HUBSTER_TEXT,
    statusId: { ...SAFE, description: '3000: active, 3002: paused.' },
    configuration,
    secrets,
  });
}

/** The secrets of the channel, and its values that are shown in part. */
function secretsSchema({ fields }: Channel): JsonObject {
  const names = fields.filter(({ secret, masksParts }) => secret || masksParts).map(({ name }) => name);
  return {
    type: 'object',
    description: 'The secrets that are set, and values of which a part is masked.',
    properties: Object.fromEntries(names.map((name) => [name, ref('schemas', 'SecretState')])),
    additionalProperties: false,
  };
}
