import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { AUDIT_ACTIONS, AUDIT_OUTCOMES } from '../../audit/record';
import { ApiProblems } from './problem-responses';
import { schemaRef } from './schemas';

const time = { type: 'string', format: 'date-time' };
const text = { type: 'string' };

const QUERY: readonly (readonly [name: string, description: string, schema: object])[] = [
  ['from', 'From this instant on (RFC 3339).', time],
  ['to', 'Up to, not including, this instant.', time],
  ['action', 'Only this action.', { ...text, enum: AUDIT_ACTIONS }],
  ['caller', 'Only what this caller did.', text],
  ['target', 'Only what was done to the integration, hub, tenant or route with this id.', text],
  ['outcome', 'Only records with this outcome. Intents have none.', { ...text, enum: AUDIT_OUTCOMES }],
  ['limit', 'Events on a page; ignored by an export.', { type: 'integer', minimum: 1, maximum: 500, default: 50 }],
  ['cursor', 'The `nextCursor` of the page before.', text],
];

export const DescribeEvents = (): MethodDecorator =>
  applyDecorators(
    ApiTags('audit'),
    ApiOperation({
      summary: 'Reads the tenant’s audit trail, newest first',
      description:
        'A page reads at most 50,000 records and holds about 1 MiB at most, so it may be short, even empty, with a `nextCursor`. With `Accept: application/x-ndjson` all matching events are sent, one a line. Each reading is itself recorded.',
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
