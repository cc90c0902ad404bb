import { applyDecorators } from '@nestjs/common';
import {
  ApiBody,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { CHANNEL_IDS } from '../../channels/channel';
import { ApiProblems, BODY_PROBLEMS, UPSTREAM_PROBLEMS, WRITE_PROBLEMS } from './problem-responses';
import { REQUEST_EXAMPLES } from './request-examples';
import { schemaRef } from './schemas';

/** A hub of the demo, so that "Try it out" works without edits. */
const HUB_EXAMPLE = '3bc1e69f-c520-446f-ab2c-01751fd66a31';

const tagged = ApiTags('integrations');
const guid = { type: 'string', format: 'uuid' };
const demoHub = { ...guid, example: HUB_EXAMPLE };

const ifMatch = ApiHeader({
  name: 'If-Match',
  required: false,
  description: 'The write is rejected with 412 unless the integration has this `ETag`.',
});
const ifNoneMatchOfWrite = ApiHeader({
  name: 'If-None-Match',
  required: false,
  description: 'The write is rejected with 412 if the integration has this `ETag`; with `*`, if it exists.',
});
const idempotencyKey = ApiHeader({
  name: 'Idempotency-Key',
  required: false,
  description:
    '16 to 255 characters. A repeated request receives the first response for 24 hours, or for ten minutes if the ' +
    'first request was rejected.',
});
const preferLenient = ApiHeader({
  name: 'Prefer',
  required: false,
  description:
    '`handling=lenient`: a configuration that cannot be updated is dropped, and the other changes are applied.',
});
const cacheControl = ApiHeader({
  name: 'Cache-Control',
  required: false,
  description:
    'RFC 9111: `no-cache`, `max-age`, `min-fresh`, `max-stale`, `no-store`, `only-if-cached` (504 `not-cached` ' +
    'without a suitable entry).',
});
const ifNoneMatch = ApiHeader({
  name: 'If-None-Match',
  required: false,
  description: 'The `ETag` of your copy: 304 if it is current.',
});
const integrationId = ApiParam({ name: 'integrationId', schema: guid });

const readHeaders = Object.fromEntries(
  Object.entries({
    ETag: 'Strong validator; differs between tenants.',
    Age: 'Seconds since the response was loaded from Hubster.',
    'Cache-Status': 'How the cache handled the request (RFC 9211).',
  }).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
);

function describeRead(
  summary: string,
  schema: { readonly $ref: string } | object,
  ...parameters: MethodDecorator[]
): MethodDecorator {
  return applyDecorators(
    tagged,
    ApiOperation({ summary }),
    ApiOkResponse({
      description: 'Secrets are masked.',
      headers: readHeaders,
      content: { 'application/json': { schema } },
    }),
    ApiResponse({ status: 304, description: 'Your copy is current.' }),
    ApiProblems('validation-failed', 'not-found', 'not-cached', ...UPSTREAM_PROBLEMS),
    ...parameters,
    cacheControl,
    ifNoneMatch,
  );
}

const written = ApiOkResponse({
  description: 'The integration after the write, with masked secrets and any warnings.',
  content: { 'application/json': { schema: schemaRef('Integration') } },
});

export const DescribePost = (): MethodDecorator =>
  applyDecorators(
    tagged,
    ApiOperation({
      summary: 'Creates an integration in a hub, or updates one',
      description:
        'Hubster uses this verb and path for both. A body with `channelId` creates an integration in the hub `hubId`. A ' +
        'body without it updates the integration whose id is in the path, and replaces its whole `configuration`. A ' +
        'response that is sent back is an update as well: its `integrationId` is the id in the path.',
    }),
    ApiParam({
      name: 'hubId',
      description: 'To create: the id of the hub. To update: the id of the integration.',
      schema: demoHub,
    }),
    ApiBody({
      required: true,
      schema: { anyOf: [schemaRef('CreateIntegration'), schemaRef('UpdateIntegration')] },
      examples: REQUEST_EXAMPLES.post,
    }),
    written,
    ApiProblems(
      ...BODY_PROBLEMS,
      ...WRITE_PROBLEMS,
      'configuration-frozen',
      'name-taken',
      'channel-taken',
      'precondition-failed',
      ...UPSTREAM_PROBLEMS,
    ),
    ifMatch,
    ifNoneMatchOfWrite,
    idempotencyKey,
    preferLenient,
  );

export const DescribePatch = (): MethodDecorator =>
  applyDecorators(
    tagged,
    ApiOperation({
      summary: 'Updates an integration in part',
      description:
        'JSON Merge Patch (RFC 7396): members that the body omits do not change, and `null` removes a member.',
    }),
    integrationId,
    ApiBody({
      required: true,
      schema: schemaRef('UpdateIntegration'),
      examples: REQUEST_EXAMPLES.patch,
    }),
    written,
    ApiProblems(
      ...BODY_PROBLEMS,
      ...WRITE_PROBLEMS,
      'configuration-frozen',
      'name-taken',
      'precondition-failed',
      ...UPSTREAM_PROBLEMS,
    ),
    ifMatch,
    ifNoneMatchOfWrite,
    idempotencyKey,
    preferLenient,
  );

export const DescribeDelete = (): MethodDecorator =>
  applyDecorators(
    tagged,
    ApiOperation({ summary: 'Deletes an integration' }),
    integrationId,
    ApiOkResponse({ description: 'The integration is deleted. The body is empty.' }),
    ApiProblems(
      'validation-failed',
      ...WRITE_PROBLEMS,
      'precondition-failed',
      'upstream-unsupported',
      ...UPSTREAM_PROBLEMS,
    ),
    ifMatch,
    ifNoneMatchOfWrite,
    idempotencyKey,
  );

export const DescribeGet = (): MethodDecorator =>
  describeRead('Reads an integration', schemaRef('Integration'), integrationId);

export const DescribeByChannel = (): MethodDecorator =>
  describeRead(
    'Lists the integrations of a hub on one channel',
    { type: 'array', items: schemaRef('Integration') },
    ApiParam({ name: 'hubId', schema: demoHub }),
    ApiParam({ name: 'channelType', description: 'A name in any case, or its number.', enum: CHANNEL_IDS }),
  );

export const DescribeCollection = (): MethodDecorator =>
  describeRead(
    'Lists integrations, page by page',
    schemaRef('IntegrationPage'),
    ApiQuery({ name: 'hubId', required: false, schema: guid, description: 'Only integrations of this hub.' }),
    ApiQuery({ name: 'pageNumber', required: false, schema: { type: 'integer', minimum: 0, default: 0 } }),
    ApiQuery({ name: 'pageSize', required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 } }),
  );
