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
        description: 'Opaque cursor of the next page, valid for this tenant only. Absent on the last page.',
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
      intentId: { type: 'string', description: 'The id of the intent. Outcomes only.' },
      tenant: textOrNull,
      caller: textOrNull,
      onBehalfOf: { type: 'string', description: 'As the caller sent it in `X-On-Behalf-Of`; not verified.' },
      onBehalfOfFingerprint: {
        type: 'string',
        description:
          'Present if `onBehalfOf` is masked because it contains a secret. Equal texts of one tenant have equal ' +
          'fingerprints under one `SECRET_KEY`.',
      },
      action: { type: 'string', enum: [...AUDIT_ACTIONS] },
      target: {
        type: 'object',
        properties: {
          type: { type: 'string', enum: [...AUDIT_TARGETS] },
          id: text,
          pointer: { type: 'string', description: 'JSON Pointer (RFC 6901) of the secret that was compared.' },
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
      changesOmitted: { ...count, description: 'Number of further changes that `changes` does not list.' },
    },
  },
};
