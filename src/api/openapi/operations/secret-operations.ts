import { BODY_LIMIT_BYTES } from '../../request/body';
import { headers, json, type Operation, ref } from '../operation';
import { HUBSTER_PROBLEMS } from '../problem-groups';
import { text } from '../schemas/scalars';

const HEADERS = headers(
  ...['X-Request-Id', 'Vary', 'RateLimit', 'RateLimit-Policy', 'Server-Timing', 'Access-Control-Allow-Origin'],
);

const WEBHOOK_HEADERS = {
  'X-Integration-Id': 'The integration that sends the webhook.',
  'X-Hub-Id': 'The hub of the integration.',
  'X-Hubster-Public-Key': 'The name of the key that signed the webhook.',
  'X-Hubster-Signature': 'HMAC-SHA256 of the body, in base64.',
};

const VALID_WEBHOOK = {
  valid: true,
  integrationId: '00000000-0000-4000-8000-000000000001',
  hubId: '3bc1e69f-c520-446f-ab2c-01751fd66a31',
  key: 'current',
};

export const verifyWebhook: Operation = {
  ...{ id: 'verifyWebhook', tag: 'webhooks' },
  summary: 'Checks the signature of a webhook',
  description:
    'Send the unchanged bytes of the webhook’s body, and its headers. After `regenerateKeys` through Stagedoor the previous ' +
    'key is accepted for 45 minutes.',
  parameters: Object.entries(WEBHOOK_HEADERS).map(([name, description]) => ({
    ...{ name, in: 'header', required: false },
    description: `${description} Copy it from the webhook; without it the reason is \`missing-header\`.`,
    schema: { type: 'string', maxLength: 4096 },
  })),
  body: {
    required: false,
    description: 'The bytes of the webhook, of any content type. At most 256 KiB.',
    content: { '*/*': { schema: { type: 'string', format: 'binary', maxLength: BODY_LIMIT_BYTES } } },
  },
  responses: {
    200: {
      description: 'Whether the signature is valid, and the reason if not.',
      headers: HEADERS,
      content: json('WebhookVerdict', {
        examples: {
          valid: { value: VALID_WEBHOOK },
          invalid: { value: { valid: false, reason: 'bad-signature' } },
        },
      }),
    },
  },
  problems: [...HUBSTER_PROBLEMS, 'BadBody', 'ReadConflict', 'NotImplementedByHubster', 'Unavailable'],
};

export const compareSecret: Operation = {
  ...{ id: 'compareSecret', tag: 'integrations' },
  summary: 'Compares a value with a secret of the integration',
  description:
    'A caller can compare ten times a minute, and each secret thirty times. Each comparison is recorded without the value.',
  path: [
    ref('parameters', 'IntegrationId'),
    {
      ...{ name: 'field', in: 'path', required: true, schema: text(256), example: 'authToken' },
      description: 'A secret field of the channel.',
    },
  ],
  body: {
    required: true,
    description: 'The value. At most 256 KiB.',
    content: json('SecretComparison', { example: { value: 'my copy of the secret' } }),
  },
  responses: {
    200: {
      description: 'Whether the value equals the secret, which is read from Hubster for this request.',
      headers: HEADERS,
      content: json('SecretComparisonResult', { example: { match: true } }),
    },
  },
  problems: [...HUBSTER_PROBLEMS, 'BadBody', 'ReadConflict', 'NotImplementedByHubster', 'AuditUnavailable'],
};
