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
import { CREATABLE_CHANNELS, createExample, schemaRef } from './schemas';

/** A hub of the demo, so that "Try it out" works without edits. */
const HUB_EXAMPLE = '3bc1e69f-c520-446f-ab2c-01751fd66a31';

const tagged = ApiTags('integrations');
const guid = { type: 'string', format: 'uuid' };
const demoHub = { ...guid, example: HUB_EXAMPLE };

const ifMatch = ApiHeader({
  name: 'If-Match',
  required: false,
  description: 'Only if it still has this `ETag` (412).',
});
const unlessItHas = ApiHeader({
  name: 'If-None-Match',
  required: false,
  description: 'Only if it has another `ETag` (412); `*`: only if it does not exist.',
});
const idempotencyKey = ApiHeader({
  name: 'Idempotency-Key',
  required: false,
  description:
    '16 to 255 characters: the same request again gets the first answer, for 24 h (a refusal: for ten minutes).',
});
const lenient = ApiHeader({
  name: 'Prefer',
  required: false,
  description: '`handling=lenient`: drop a configuration that cannot be updated, apply the rest.',
});
const cacheControl = ApiHeader({
  name: 'Cache-Control',
  required: false,
  description:
    'RFC 9111: `no-cache`, `max-age`, `min-fresh`, `max-stale`, `no-store`, `only-if-cached` (504 `not-cached` where nothing suits).',
});
const ifNoneMatch = ApiHeader({ name: 'If-None-Match', required: false, description: 'The `ETag` you have: 304.' });
const integrationId = ApiParam({ name: 'integrationId', schema: guid });

const readHeaders = Object.fromEntries(
  Object.entries({
    ETag: 'Strong, differs per tenant.',
    Age: 'Seconds since Hubster was asked.',
    'Cache-Status': 'RFC 9211.',
  }).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
);

function read(
  summary: string,
  schema: { readonly $ref: string } | object,
  ...parameters: MethodDecorator[]
): MethodDecorator {
  return applyDecorators(
    tagged,
    ApiOperation({ summary }),
    ApiOkResponse({ description: 'Masked.', headers: readHeaders, content: { 'application/json': { schema } } }),
    ApiResponse({ status: 304, description: 'What you have is what there is.' }),
    ApiProblems('validation-failed', 'not-found', 'not-cached', ...UPSTREAM_PROBLEMS),
    ...parameters,
    cacheControl,
    ifNoneMatch,
  );
}

const written = ApiOkResponse({
  description: 'The integration as it is now, masked, with warnings where there are any.',
  content: { 'application/json': { schema: schemaRef('Integration') } },
});

export const DescribePost = (): MethodDecorator =>
  applyDecorators(
    tagged,
    ApiOperation({
      summary: 'Creates an integration in a hub, or updates one',
      description:
        'Hubster’s own verb and path for both. A body with `channelId` creates in the hub of the path. A body without it updates the integration whose id stands in the path: `configuration` replaces the whole. An answer sent back (its `integrationId` is the id in the path) is an update too.',
    }),
    ApiParam({
      name: 'hubId',
      description: 'Create: the hub. Update: the integration.',
      schema: demoHub,
    }),
    ApiBody({
      required: true,
      schema: { anyOf: [schemaRef('CreateIntegration'), schemaRef('UpdateIntegration')] },
      examples: {
        ...Object.fromEntries(
          CREATABLE_CHANNELS.map((channel) => [
            channel.id,
            { summary: `Create: ${channel.id}`, value: createExample(channel) },
          ]),
        ),
        pause: { summary: 'Update: pause (put the integration’s id in the path)', value: { statusId: 3002 } },
      },
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
    unlessItHas,
    idempotencyKey,
    lenient,
  );

export const DescribePatch = (): MethodDecorator =>
  applyDecorators(
    tagged,
    ApiOperation({
      summary: 'Updates an integration in part',
      description: 'JSON Merge Patch (RFC 7396): what the body leaves out stays as it is, `null` removes.',
    }),
    integrationId,
    ApiBody({
      required: true,
      schema: schemaRef('UpdateIntegration'),
      examples: { pause: { value: { statusId: 3002 } } },
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
    unlessItHas,
    idempotencyKey,
    lenient,
  );

export const DescribeDelete = (): MethodDecorator =>
  applyDecorators(
    tagged,
    ApiOperation({ summary: 'Deletes an integration' }),
    integrationId,
    ApiOkResponse({ description: 'It is gone; the body is empty.' }),
    ApiProblems(
      'validation-failed',
      ...WRITE_PROBLEMS,
      'precondition-failed',
      'upstream-unsupported',
      ...UPSTREAM_PROBLEMS,
    ),
    ifMatch,
    unlessItHas,
    idempotencyKey,
  );

export const DescribeGet = (): MethodDecorator => read('Reads an integration', schemaRef('Integration'), integrationId);

export const DescribeByChannel = (): MethodDecorator =>
  read(
    'Lists the integrations of a hub on one channel',
    { type: 'array', items: schemaRef('Integration') },
    ApiParam({ name: 'hubId', schema: demoHub }),
    ApiParam({ name: 'channelType', description: 'A name in any case, or its number.', enum: CHANNEL_IDS }),
  );

export const DescribeCollection = (): MethodDecorator =>
  read(
    'Lists integrations, page by page',
    schemaRef('IntegrationPage'),
    ApiQuery({ name: 'hubId', required: false, schema: guid, description: 'Only this hub.' }),
    ApiQuery({ name: 'pageNumber', required: false, schema: { type: 'integer', minimum: 0, default: 0 } }),
    ApiQuery({ name: 'pageSize', required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 } }),
  );
