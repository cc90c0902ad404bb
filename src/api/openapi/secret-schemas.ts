import type { JsonObject } from '../../json/json-value';

const guid = { type: 'string', format: 'uuid' };

/** Requests and responses about secrets, none of which shows one. */
export const SECRET_SCHEMAS: Readonly<Record<string, JsonObject>> = {
  WebhookVerdict: {
    oneOf: [
      {
        type: 'object',
        required: ['valid', 'integrationId', 'hubId', 'key'],
        properties: {
          valid: { type: 'boolean', enum: [true] },
          integrationId: guid,
          hubId: guid,
          key: { type: 'string', enum: ['current', 'previous'] },
        },
      },
      {
        type: 'object',
        required: ['valid', 'reason'],
        properties: {
          valid: { type: 'boolean', enum: [false] },
          reason: {
            type: 'string',
            enum: ['missing-header', 'unknown-integration', 'hub-mismatch', 'no-key', 'unknown-key', 'bad-signature'],
          },
        },
      },
    ],
  },
  SecretComparison: {
    type: 'object',
    required: ['value'],
    properties: { value: { type: 'string', minLength: 1 } },
    additionalProperties: false,
  },
  SecretComparisonResult: { type: 'object', required: ['match'], properties: { match: { type: 'boolean' } } },
};
