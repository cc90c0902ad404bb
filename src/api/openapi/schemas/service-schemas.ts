import { CHANNELS } from '../../../channels/channel-registry';
import { INTEGRATION_TYPES } from '../../../channels/integration-type';
import type { JsonObject } from '../../../json/json-value';
import { REDIS_REASONS } from '../../../observability/metrics/label-sets';
import { ref } from '../operation';
import { flag, integer, list, object, oneOfTexts, text } from './scalars';

const DEGRADED = [
  ...['audit', 'hubster', 'idempotency', 'tenants'],
  ...['redis', 'redis-coordination'].flatMap((name) => REDIS_REASONS.map((reason) => `${name}:${reason}`)),
];
const MAX_FIELDS = 200;
const JSON_SCHEMA = { type: 'object', additionalProperties: true };

/** The channels, and the state of the service. */
export const SERVICE_SCHEMAS: Readonly<Record<string, JsonObject>> = {
  ChannelList: list(ref('schemas', 'Channel'), MAX_FIELDS),
  Channel: object(['channelId', 'number', 'isCreatable', 'fields'], {
    channelId: { ...text(40), examples: CHANNELS.map(({ id }) => id) },
    number: { ...integer(1, 2 ** 31 - 1), description: 'Hubster’s number of the channel.' },
    isCreatable: { ...flag, description: 'Whether integrations of the channel can be created. The rest can be read.' },
    integrationTypeId: {
      ...oneOfTexts([...INTEGRATION_TYPES, 'configuration.integrationType']),
      description: 'The type of all its integrations, or the member that holds the type of each.',
    },
    configurationUpdate: {
      ...oneOfTexts(['frozen', 'replaces']),
      description: '`frozen`: the configuration cannot be updated. `replaces`: an update replaces all of it.',
    },
    fields: list(ref('schemas', 'ChannelField'), MAX_FIELDS),
    exactlyOneOf: { ...list(text(64), MAX_FIELDS), description: 'Fields of which a request has exactly one.' },
    createSchema: { ...JSON_SCHEMA, description: 'JSON Schema of the configuration in a create.' },
    updateSchema: { ...JSON_SCHEMA, description: 'JSON Schema of the configuration in an update.' },
    example: { ...JSON_SCHEMA, description: 'A valid configuration.' },
  }),
  ChannelField: object(['name', 'required', 'secret', 'readOnly', 'updateOnly'], {
    name: text(64),
    description: text(1024),
    required: flag,
    secret: { ...flag, description: 'Its value is masked in every response.' },
    readOnly: { ...flag, description: 'Hubster adds it to responses; in a request it is dropped with a warning.' },
    updateOnly: { ...flag, description: 'Accepted in updates, never shown.' },
  }),
  Liveness: object(['status'], { status: oneOfTexts(['ok']) }),
  Readiness: object(['status'], {
    status: oneOfTexts(['ok', 'degraded']),
    degraded: {
      ...list(oneOfTexts(DEGRADED), DEGRADED.length),
      description: 'What fails now. `redis:` and `redis-coordination:` are followed by the reason.',
    },
  }),
  Unreadiness: object(['status'], {
    status: oneOfTexts(['starting', 'draining']),
    waitingFor: { ...list(oneOfTexts(['audit']), 1), description: 'What the start waits for.' },
  }),
  OpenApiDocument: { type: 'object', additionalProperties: true, description: 'A document of OpenAPI 3.1.' },
};
