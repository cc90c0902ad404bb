import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, BODY_PROBLEMS, UPSTREAM_PROBLEMS } from './problem-responses';
import { schemaRef } from './schemas';

const WEBHOOK_HEADERS = ['X-Integration-Id', 'X-Hub-Id', 'X-Hubster-Public-Key', 'X-Hubster-Signature'];

const json = (name: string) => ({ 'application/json': { schema: schemaRef(name) } });

export const DescribeVerify = (): MethodDecorator =>
  applyDecorators(
    ApiTags('webhooks'),
    ApiOperation({
      summary: 'Checks the signature of a webhook',
      description:
        'Send the unchanged bytes of the webhook’s body, and its headers. After `regenerateKeys` through Stagedoor the ' +
        'previous key is accepted for 45 minutes.',
    }),
    ...WEBHOOK_HEADERS.map((name) =>
      ApiHeader({
        name,
        required: false,
        description: 'The header of the webhook. Without it the reason is `missing-header`.',
      }),
    ),
    ApiConsumes('*/*'),
    ApiBody({ schema: { type: 'string', format: 'binary' } }),
    ApiOkResponse({
      description: 'Whether the signature is valid, and the reason if not.',
      content: json('WebhookVerdict'),
    }),
    ApiProblems('validation-failed', 'body-too-large', ...UPSTREAM_PROBLEMS),
  );

export const DescribeCompare = (): MethodDecorator =>
  applyDecorators(
    ApiTags('integrations'),
    ApiOperation({
      summary: 'Compares a value with a secret of the integration',
      description:
        'A caller can compare ten times a minute, and each secret thirty times. Each comparison is recorded without the value.',
    }),
    ApiParam({ name: 'integrationId', schema: { type: 'string', format: 'uuid' } }),
    ApiParam({ name: 'field', description: 'A secret field of the channel, such as `authToken`.' }),
    ApiBody({ required: true, schema: schemaRef('SecretComparison') }),
    ApiOkResponse({
      description: 'Whether the value equals the secret, which is read from Hubster for this request.',
      content: json('SecretComparisonResult'),
    }),
    ApiProblems(...BODY_PROBLEMS, 'not-found', 'audit-unavailable', ...UPSTREAM_PROBLEMS),
  );
