import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, BODY_PROBLEMS, UPSTREAM_PROBLEMS } from './problem-responses';
import { schemaRef } from './schemas';

const json = (name: string) => ({ 'application/json': { schema: schemaRef(name) } });

const WEBHOOK_HEADERS = ['X-Integration-Id', 'X-Hub-Id', 'X-Hubster-Public-Key', 'X-Hubster-Signature'];

export const DescribeVerify = (): MethodDecorator =>
  applyDecorators(
    ApiTags('webhooks'),
    ApiOperation({
      summary: 'Checks the signature of a webhook',
      description:
        'Send the body byte for byte as it came, with the headers it came with. After a `regenerateKeys` through Stagedoor the key of before stays valid for 45 minutes.',
    }),
    ...WEBHOOK_HEADERS.map((name) =>
      ApiHeader({
        name,
        required: false,
        description: 'As it came with the webhook; without it the answer is `missing-header`.',
      }),
    ),
    ApiConsumes('*/*'),
    ApiBody({ schema: { type: 'string', format: 'binary' } }),
    ApiOkResponse({ description: 'Valid, or not and why.', content: json('WebhookVerdict') }),
    ApiProblems('validation-failed', 'body-too-large', ...UPSTREAM_PROBLEMS),
  );

export const DescribeCompare = (): MethodDecorator =>
  applyDecorators(
    ApiTags('integrations'),
    ApiOperation({
      summary: 'Tells whether a value is a secret of the integration',
      description:
        'Ten times a minute by each caller, thirty times for each secret. Each comparison is recorded, without the value.',
    }),
    ApiParam({ name: 'integrationId', schema: { type: 'string', format: 'uuid' } }),
    ApiParam({ name: 'field', description: 'A secret field of the channel, such as `authToken`.' }),
    ApiBody({ required: true, schema: schemaRef('SecretComparison') }),
    ApiOkResponse({ description: 'Read from Hubster for this answer.', content: json('SecretComparisonResult') }),
    ApiProblems(...BODY_PROBLEMS, 'not-found', 'audit-unavailable', ...UPSTREAM_PROBLEMS),
  );
