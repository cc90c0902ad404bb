import type { Channel } from '../../channels/channel';
import { CHANNELS } from '../../channels/channel-registry';
import { classSchema, requestSchema, responseSchema } from '../../channels/configuration-schema';
import { SCOPES } from '../../context/caller';
import { CreateRequest } from '../../integrations/requests/create-request';
import { UpdateRequest } from '../../integrations/requests/update-request';
import type { JsonObject } from '../../json/json-value';
import { PROBLEM_CODES } from '../../problems/problem-registry';
import { AUDIT_SCHEMAS } from './audit-schemas';
import { SECRET_SCHEMAS } from './secret-schemas';

/** The channels whose integrations can be created; each has schemas of its own. */
export const CREATABLE_CHANNELS = CHANNELS.filter((channel) => channel.isCreatable);

const createSchemaName = ({ id }: Channel) => `Create${id}`;
const responseSchemaName = ({ id }: Channel) => `${id}Integration`;
export const schemaRef = (name: string): { readonly $ref: string } => ({ $ref: `#/components/schemas/${name}` });

/** An example request for a channel that works without edits. */
export function createExample(channel: Channel): JsonObject {
  return {
    channelId: channel.id,
    name: `My cool ${channel.id} integration.`,
    statusId: 3000,
    configuration: channel.example,
  };
}

/** Every schema of the document, derived from the channels' declarations and the request classes. */
export function openApiSchemas(): Record<string, JsonObject> {
  return {
    ...Object.fromEntries(CREATABLE_CHANNELS.map((channel) => [createSchemaName(channel), createSchema(channel)])),
    CreateIntegration: oneOf(createSchemaName),
    UpdateIntegration: classSchema(UpdateRequest),
    ...Object.fromEntries(
      CREATABLE_CHANNELS.map((channel) => [responseSchemaName(channel), integrationSchema(channel)]),
    ),
    Integration: oneOf(responseSchemaName),
    ...AUDIT_SCHEMAS,
    ...SECRET_SCHEMAS,
    Identity: {
      type: 'object',
      required: ['caller', 'tenants', 'allTenants', 'scopes'],
      properties: {
        caller: {
          type: 'string',
          description: 'The caller’s id in the tenants file, or `issuer#subject` of its token.',
        },
        tenant: {
          type: 'string',
          description: 'The tenant of this request: the one of `X-Tenant-Id`, or the only one of the caller.',
        },
        tenants: {
          type: 'array',
          description: 'The tenants that the caller may name in `X-Tenant-Id`.',
          maxItems: 1000,
          items: { type: 'string' },
        },
        allTenants: {
          type: 'boolean',
          description: 'Whether it may name every tenant, later ones and those that are not listed included.',
        },
        scopes: { type: 'array', items: { type: 'string', enum: [...SCOPES] } },
        hubs: { type: 'array', items: { type: 'string', format: 'uuid' } },
      },
    },
    IntegrationPage: {
      type: 'object',
      required: ['pageNumber', 'pageSize', 'total', 'results'],
      properties: {
        pageNumber: { type: 'integer', minimum: 0 },
        pageSize: { type: 'integer', minimum: 1, maximum: 100 },
        total: {
          type: 'integer',
          description:
            'The total that Hubster reports, which can differ from the number of results. For a tenant with listed hubs: ' +
            'the number of integrations in the hub.',
        },
        results: { type: 'array', items: schemaRef('Integration') },
      },
    },
    Warning: {
      type: 'object',
      required: ['code', 'pointer', 'message'],
      properties: { code: { type: 'string' }, pointer: { type: 'string' }, message: { type: 'string' } },
    },
    Problem: {
      type: 'object',
      required: ['type', 'title', 'status', 'code', 'requestId', 'retryable'],
      properties: {
        type: { type: 'string', format: 'uri-reference', examples: ['/problems/validation-failed'] },
        title: { type: 'string' },
        status: { type: 'integer' },
        code: { type: 'string', enum: [...PROBLEM_CODES] },
        detail: { type: 'string' },
        requestId: { type: 'string' },
        retryable: { type: 'boolean', description: 'Whether the same request may succeed later, unchanged.' },
        outcome: { type: 'string', enum: ['unknown'], description: 'The write may have taken effect.' },
        candidate: {
          type: 'string',
          description: 'Id of an integration that a create with an unknown outcome may have made.',
        },
        errors: { type: 'array', items: schemaRef('Violation') },
      },
    },
    Violation: {
      type: 'object',
      required: ['code', 'description'],
      properties: {
        code: { type: 'integer', description: 'Hubster’s PRT number.' },
        pointer: { type: 'string', description: 'JSON Pointer (RFC 6901) into the body.' },
        parameter: { type: 'string', description: 'Name of a path parameter, query parameter or header.' },
        description: { type: 'string' },
      },
    },
  };
}

function oneOf(name: (channel: Channel) => string): JsonObject {
  return {
    oneOf: CREATABLE_CHANNELS.map((channel) => schemaRef(name(channel))),
    discriminator: {
      propertyName: 'channelId',
      mapping: Object.fromEntries(CREATABLE_CHANNELS.map((channel) => [channel.id, schemaRef(name(channel)).$ref])),
    },
  };
}

function createSchema(channel: Channel): JsonObject {
  const { properties, ...rest } = classSchema(CreateRequest);
  return {
    ...rest,
    properties: {
      ...(typeof properties === 'object' ? properties : {}),
      channelId: { type: 'string', enum: [channel.id] },
      configuration: requestSchema(channel, 'create'),
    },
    examples: [createExample(channel)],
  };
}

function integrationSchema(channel: Channel): JsonObject {
  return {
    type: 'object',
    required: ['integrationId', 'hubId', 'channelId', 'configuration', 'secrets'],
    properties: {
      integrationId: { type: 'string', format: 'uuid' },
      hubId: { type: 'string', format: 'uuid' },
      inboundId: { type: 'string', description: 'Absent if Hubster does not send it.' },
      integrationTypeId: { type: 'string', enum: ['Customer', 'Agent', 'Bot', 'System'] },
      channelId: { type: 'string', enum: [channel.id] },
      name: { type: 'string' },
      statusId: { type: 'integer', description: '3000: active, 3002: paused.' },
      configuration: responseSchema(channel),
      secrets: {
        type: 'object',
        description:
          'The secrets that are set, and values that are shown in part (a webhookUrl). Two fingerprints of one ' +
          'integration can be compared if they are equal up to the dot: if the rest differs, the values differ.',
        additionalProperties: {
          type: 'object',
          properties: { set: { type: 'boolean', enum: [true] }, fingerprint: { type: 'string' } },
        },
      },
      warnings: { type: 'array', items: schemaRef('Warning'), description: 'In responses to writes only.' },
    },
  };
}
