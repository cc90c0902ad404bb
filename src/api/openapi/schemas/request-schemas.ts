import type { Channel } from '../../../channels/channel';
import { CHANNELS } from '../../../channels/channel-registry';
import { classSchema, patchSchema, requestSchema } from '../../../channels/configuration-schema';
import { CreateRequest } from '../../../integrations/requests/create-request';
import { UpdateRequest } from '../../../integrations/requests/update-request';
import type { JsonObject, JsonValue } from '../../../json/json-value';
import { ref } from '../operation';
import { createExample } from './write-examples';

const CREATABLE = CHANNELS.filter((channel) => channel.isCreatable);

const FROZEN =
  'Hubster does not update it: 409 unless it equals the current one, or it is dropped with `Prefer: handling=lenient`.';

/** The bodies of writes: one schema for each channel and kind of write, and the alternatives of each operation. */
export function requestSchemas(): Record<string, JsonObject> {
  return {
    CreateOrUpdateBody: alternatives('CreateIntegration', 'UpdateIntegration', 'SentBackIntegration'),
    CreateIntegration: {
      title: 'Create an integration',
      oneOf: CREATABLE.map(({ id }) => ref('schemas', `Create${id}`)),
      discriminator: {
        propertyName: 'channelId',
        mapping: Object.fromEntries(CREATABLE.map(({ id }) => [id, ref('schemas', `Create${id}`).$ref])),
      },
    },
    ...Object.fromEntries(CREATABLE.map((channel) => [`Create${channel.id}`, createSchema(channel)])),
    ...byChannel('Create', (channel) => requestSchema(channel, 'create')),
    UpdateIntegration: changeSchema('Update an integration', 'It replaces the whole.', 'UpdateConfiguration'),
    UpdateConfiguration: alternatives(...CREATABLE.map(({ id }) => `Update${id}Configuration`)),
    ...byChannel('Update', (channel) => requestSchema(channel, 'update')),
    PatchBody: alternatives('PatchIntegration', 'SentBackIntegration'),
    PatchIntegration: changeSchema(
      'Change an integration in part',
      'It is merged into the current one.',
      'PatchConfiguration',
    ),
    PatchConfiguration: alternatives(...CREATABLE.map(({ id }) => `Patch${id}Configuration`), 'RemovedProperties'),
    ...byChannel('Patch', patchSchema),
    RemovedProperties: {
      title: 'Undocumented properties to remove',
      type: 'object',
      additionalProperties: { type: 'null' },
      maxProperties: 200,
    },
    SentBackIntegration: {
      title: 'A response sent back',
      description:
        'As it was read, masks included, with any changes. What cannot change must have its current value; the rest that ' +
        'only responses have is dropped with a warning.',
      allOf: [ref('schemas', 'Integration')],
    },
  };
}

function alternatives(...names: readonly string[]): JsonObject {
  return { anyOf: names.map((name) => ref('schemas', name)) };
}

/** `CreateDirectConfiguration`, … */
function byChannel(kind: 'Create' | 'Update' | 'Patch', schemaOf: (channel: Channel) => JsonObject) {
  return Object.fromEntries(
    CREATABLE.map((channel) => {
      const isFrozen = kind !== 'Create' && channel.configurationUpdate === 'frozen';
      const schema = { title: channel.id, ...(isFrozen && { description: FROZEN }), ...schemaOf(channel) };
      return [`${kind}${channel.id}Configuration`, schema];
    }),
  );
}

function createSchema({ id, example }: Channel): JsonObject {
  const { properties, ...rest } = classSchema(CreateRequest);
  return {
    title: id,
    ...rest,
    properties: {
      ...membersOf(properties),
      channelId: { type: 'string', enum: [id], description: 'The channel; it decides the configuration.' },
      configuration: ref('schemas', `Create${id}Configuration`),
    },
    examples: [createExample({ id, example })],
  };
}

function changeSchema(title: string, description: string, configuration: string): JsonObject {
  const { properties, ...rest } = classSchema(UpdateRequest);
  return {
    title,
    ...rest,
    minProperties: 1,
    properties: { ...membersOf(properties), configuration: { description, ...ref('schemas', configuration) } },
  };
}

function membersOf(properties: JsonValue | undefined): JsonObject {
  return Object(properties);
}
