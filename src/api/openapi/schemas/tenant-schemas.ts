import { AUDIT_ACTIONS, AUDIT_OUTCOMES, AUDIT_PHASES, AUDIT_TARGETS } from '../../../audit/record';
import { SCOPES } from '../../../context/caller';
import type { JsonObject } from '../../../json/json-value';
import { BODY_LIMIT_BYTES } from '../../request/body';
import { ref } from '../operation';
import { count, flag, guid, instant, integer, list, object, oneOfTexts, text } from './scalars';

/** An `issuer#subject` of a token, which is a header of 16 KiB at the most. */
const CALLER = text(16 * 1024);
const TENANT = text(16 * 1024);
/** A record of the trail keeps so many characters of a text, and a mark where it is cut. */
const KEPT = { type: 'string', maxLength: 513 };
const KEPT_OR_NULL = { type: ['string', 'null'], maxLength: 513 };
/** Of the ids that a response lists. */
const MAX_TENANTS = 1000;
const MAX_HUBS = 1_000_000;

/** The caller, its audit trail, and its secrets, none of which is shown. */
export const TENANT_SCHEMAS: Readonly<Record<string, JsonObject>> = {
  Identity: object(['caller', 'tenants', 'allTenants', 'scopes'], {
    caller: { ...CALLER, description: 'The caller’s id in the tenants file, or `issuer#subject` of its token.' },
    tenant: {
      ...TENANT,
      description: 'The tenant of this request: the one of `X-Tenant-Id`, or the only one of the caller.',
    },
    tenants: { ...list(TENANT, MAX_TENANTS), description: 'The tenants that the caller may name in `X-Tenant-Id`.' },
    allTenants: {
      ...flag,
      description: 'Whether it may name every tenant, later ones and those that are not listed included.',
    },
    scopes: list(oneOfTexts(SCOPES), SCOPES.length),
    hubs: list(guid, MAX_HUBS),
  }),
  AuditEventPage: object(['results'], {
    scope: {
      ...oneOfTexts(['this replica']),
      description:
        'Present if each replica has a trail of its own: the page then has only the events of the replica that responds.',
    },
    results: list(ref('schemas', 'AuditEvent'), 500),
    nextCursor: {
      ...text(8192),
      description: 'Opaque cursor of the next page, valid for this tenant only. Absent at the end of the trail.',
    },
  }),
  AuditEventLines: {
    type: 'string',
    description: 'One `AuditEvent` a line, in JSON.',
    'x-line-schema': ref('schemas', 'AuditEvent'),
  },
  AuditEvent: object(['id', 'time', 'phase', 'tenant', 'caller', 'action', 'requestId', 'address'], {
    id: KEPT,
    time: instant,
    phase: oneOfTexts(AUDIT_PHASES),
    intentId: { ...KEPT, description: 'The id of the intent. Outcomes only.' },
    tenant: KEPT_OR_NULL,
    caller: KEPT_OR_NULL,
    onBehalfOf: { ...KEPT, description: 'As the caller sent it in `X-On-Behalf-Of`; not verified.' },
    onBehalfOfFingerprint: {
      ...KEPT,
      description:
        'Present if `onBehalfOf` is masked because it contains a secret. Equal texts of one tenant have equal fingerprints ' +
        'under one `SECRET_KEY`.',
    },
    action: oneOfTexts(AUDIT_ACTIONS),
    target: object(['type'], {
      type: oneOfTexts(AUDIT_TARGETS),
      id: KEPT,
      pointer: { ...KEPT, description: 'JSON Pointer (RFC 6901) of the secret that was compared.' },
    }),
    outcome: oneOfTexts(AUDIT_OUTCOMES),
    status: integer(100, 599),
    code: { ...KEPT, description: 'The code of the problem, or the reason of a webhook that is not valid.' },
    attempts: count,
    durationMs: count,
    requestId: KEPT,
    traceId: KEPT,
    address: KEPT,
    changes: list(ref('schemas', 'AuditChange'), 256),
    count: { ...count, description: 'The number of events that the record counts.' },
    changesOmitted: { ...count, description: 'Number of further changes that `changes` does not list.' },
  }),
  AuditChange: object(['pointer', 'from', 'to'], {
    pointer: { ...KEPT, description: 'JSON Pointer (RFC 6901).' },
    from: { description: 'The value before; `null`: absent. Of a secret its fingerprint.' },
    to: { description: 'The value after; `null`: absent. Of a secret its fingerprint.' },
  }),
  WebhookVerdict: { oneOf: [ref('schemas', 'ValidWebhook'), ref('schemas', 'InvalidWebhook')] },
  ValidWebhook: object(['valid', 'integrationId', 'hubId', 'key'], {
    valid: { type: 'boolean', enum: [true] },
    integrationId: guid,
    hubId: guid,
    key: oneOfTexts(['current', 'previous']),
  }),
  InvalidWebhook: object(['valid', 'reason'], {
    valid: { type: 'boolean', enum: [false] },
    reason: oneOfTexts([
      ...['missing-header', 'unknown-integration', 'hub-mismatch', 'no-key', 'unknown-key', 'bad-signature'],
    ]),
  }),
  SecretComparison: object(
    ['value'],
    {
      value: { ...text(BODY_LIMIT_BYTES), format: 'password', 'x-secret': true, description: 'The value to compare.' },
    },
    { additionalProperties: false },
  ),
  SecretComparisonResult: object(['match'], { match: flag }),
};
