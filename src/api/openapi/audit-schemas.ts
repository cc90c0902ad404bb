import { AUDIT_ACTIONS, AUDIT_OUTCOMES, AUDIT_PHASES, AUDIT_TARGETS } from '../../audit/record';
import type { JsonObject } from '../../json/json-value';

const text = { type: 'string' };
const count = { type: 'integer', minimum: 0 };
const textOrNull = { type: ['string', 'null'] };

/** The schemas of the audit trail. */
export const AUDIT_SCHEMAS: Readonly<Record<string, JsonObject>> = {
  AuditEventPage: {
    type: 'object',
    required: ['results'],
    properties: {
      results: { type: 'array', items: { $ref: '#/components/schemas/AuditEvent' } },
      nextCursor: {
        type: 'string',
        description: 'Where to go on; absent at the end of the trail. Opaque, and of use to its tenant only.',
      },
    },
  },
  AuditEvent: {
    type: 'object',
    required: ['id', 'time', 'phase', 'tenant', 'caller', 'action', 'requestId', 'address'],
    properties: {
      id: text,
      time: { type: 'string', format: 'date-time' },
      phase: { type: 'string', enum: [...AUDIT_PHASES] },
      intentId: { type: 'string', description: 'On an outcome: the id of its intent.' },
      tenant: textOrNull,
      caller: textOrNull,
      onBehalfOf: { type: 'string', description: 'The word of the caller, proves nothing.' },
      onBehalfOfFingerprint: {
        type: 'string',
        description:
          'Where `onBehalfOf` is masked, as it holds a secret of the tenant: equal for equal texts of one tenant under one `SECRET_KEY`.',
      },
      action: { type: 'string', enum: [...AUDIT_ACTIONS] },
      target: {
        type: 'object',
        properties: {
          type: { type: 'string', enum: [...AUDIT_TARGETS] },
          id: text,
          pointer: { type: 'string', description: 'The one field that it is about (RFC 6901): the secret compared.' },
        },
      },
      outcome: { type: 'string', enum: [...AUDIT_OUTCOMES] },
      status: { type: 'integer' },
      code: text,
      attempts: count,
      durationMs: count,
      requestId: text,
      traceId: text,
      address: text,
      changes: {
        type: 'array',
        items: {
          type: 'object',
          required: ['pointer', 'from', 'to'],
          properties: { pointer: text, from: {}, to: {} },
        },
      },
      count,
      changesOmitted: { ...count, description: 'How many changes there were beyond those listed.' },
    },
  },
};
