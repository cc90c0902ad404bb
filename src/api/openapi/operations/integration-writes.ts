import { headers, json, type Operation, ref } from '../operation';
import { WRITE_PROBLEMS } from '../problem-groups';
import { integrationExample } from '../schemas/integration-examples';
import { PATCH_EXAMPLES, POST_EXAMPLES } from '../schemas/write-examples';

const tag = 'integrations';
const WRITTEN_HEADERS = [
  ...['X-Request-Id', 'Cache-Control', 'Vary', 'Idempotency-Replayed', 'RateLimit', 'RateLimit-Policy'],
  ...['Server-Timing', 'Access-Control-Allow-Origin'],
];
const CONDITIONS = ['IfMatch', 'IfNoneMatchOfWrite', 'IdempotencyKey'].map((name) => ref('parameters', name));
const PREFERENCE = ref('parameters', 'Prefer');

const WRITTEN = {
  200: {
    description: 'The integration after the write, with masked secrets and any warnings.',
    headers: headers('ETag', 'Preference-Applied', ...WRITTEN_HEADERS),
    content: json('WrittenIntegration', { example: integrationExample('TwilioSMS') }),
  },
};

export const createOrUpdateIntegration: Operation = {
  ...{ id: 'createOrUpdateIntegration', tag },
  summary: 'Creates an integration in a hub, or updates one',
  description:
    'Hubster uses this verb and path for both. A body with `channelId` creates an integration in the hub `hubId`. A body ' +
    'without it updates the integration whose id is in the path, and replaces its whole `configuration`. A response that is ' +
    'sent back is an update as well: its `integrationId` is the id in the path. TwilioSMS, Messenger and Slack cannot be ' +
    'given another configuration: 409, or with `Prefer: handling=lenient` it is dropped with a warning.',
  path: [ref('parameters', 'HubOrIntegrationId')],
  parameters: [...CONDITIONS, PREFERENCE],
  body: {
    required: true,
    description: 'What to create or to update. At most 256 KiB.',
    content: json('CreateOrUpdateBody', { examples: POST_EXAMPLES }),
  },
  responses: WRITTEN,
  problems: [...WRITE_PROBLEMS, 'BadIntegration', 'Conflict', 'NotImplementedByHubster'],
};

const patchContent = json('PatchBody', { examples: PATCH_EXAMPLES });

export const patchIntegration: Operation = {
  ...{ id: 'patchIntegration', tag },
  summary: 'Updates an integration in part',
  description:
    'JSON Merge Patch (RFC 7396): members that the body omits do not change, and `null` removes an optional property of the ' +
    'configuration. A response that is sent back is accepted as well: what cannot change must have its current value.',
  path: [ref('parameters', 'IntegrationId')],
  parameters: [...CONDITIONS, PREFERENCE],
  body: {
    required: true,
    description: 'What to change. At most 256 KiB.',
    content: { ...patchContent, 'application/merge-patch+json': patchContent['application/json'] ?? {} },
  },
  responses: WRITTEN,
  problems: [...WRITE_PROBLEMS, 'BadIntegration', 'Conflict', 'NotImplementedByHubster'],
};

export const deleteIntegration: Operation = {
  ...{ id: 'deleteIntegration', tag },
  summary: 'Deletes an integration',
  path: [ref('parameters', 'IntegrationId')],
  parameters: CONDITIONS,
  responses: {
    200: { description: 'The integration is deleted. The body is empty.', headers: headers(...WRITTEN_HEADERS) },
  },
  problems: [...WRITE_PROBLEMS, 'BadBody', 'DeleteConflict', 'DeleteNotImplemented'],
};
