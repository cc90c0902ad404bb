import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { AUDIT_ACTIONS, AUDIT_OUTCOMES } from '../../audit/record';
import { ApiProblems } from './problem-responses';
import { schemaRef } from './schemas';

const time = { type: 'string', format: 'date-time' };
const text = { type: 'string' };

const QUERY: readonly (readonly [name: string, description: string, schema: object])[] = [
  ['from', 'At this instant or later (RFC 3339).', time],
  ['to', 'Before this instant (RFC 3339).', time],
  ['action', 'Only this action.', { ...text, enum: AUDIT_ACTIONS }],
  ['caller', 'Only events of this caller.', text],
  ['target', 'Only events about the integration, hub, tenant or route with this id.', text],
  ['outcome', 'Only outcomes of this kind; intents have none.', { ...text, enum: AUDIT_OUTCOMES }],
  ['limit', 'Events on a page. An export ignores it.', { type: 'integer', minimum: 1, maximum: 500, default: 50 }],
  ['cursor', 'The `nextCursor` of the previous page.', text],
];

export const DescribeEvents = (): MethodDecorator =>
  applyDecorators(
    ApiTags('audit'),
    ApiOperation({
      summary: 'Reads the tenant’s audit trail, newest first',
      description:
        'A page is limited to 1 MiB and to 50,000 searched records. It can therefore be short or empty and still have a ' +
        '`nextCursor`. With `Accept: application/x-ndjson` the response has all matching events, one a line. Each read ' +
        'of the trail is recorded in it.',
    }),
    ...QUERY.map(([name, description, schema]) => ApiQuery({ name, required: false, description, schema })),
    ApiOkResponse({
      description: 'Secrets appear as fingerprints only.',
      content: {
        'application/json': { schema: schemaRef('AuditEventPage') },
        'application/x-ndjson': { schema: schemaRef('AuditEvent') },
      },
    }),
    ApiProblems('validation-failed', 'audit-unavailable'),
  );
