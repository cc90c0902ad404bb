import { AUDIT_ACTIONS } from '../audit/record';
import { forwarded, staleIfError, staleWhileRevalidate } from '../cache/cache-status';
import { CHANNELS } from '../channels/channel-registry';
import type { FieldDeclaration } from '../channels/field';
import { INTEGRATION_TYPES } from '../channels/integration-type';
import { LOG_EVENTS } from '../observability/log/log-events';
import { PROBLEM_CODES } from '../problems/problem-registry';
import { pointerOf } from '../problems/violation';

const FORWARD_REASONS = ['miss', 'stale', 'request'] as const;
/** Member names of a request's log line; shorter words are never secrets. */
const MEMBERS = ['requestId', 'durationMs', 'attempts'];

/** Words that the log and the audit trail contain by themselves, except routes and the ids of the tenants file. */
export const REDACTION_ALLOWLIST: readonly string[] = [
  ...MEMBERS,
  ...Object.entries(LOG_EVENTS).flatMap(([event, [, words]]) => [event, words]),
  ...PROBLEM_CODES,
  ...AUDIT_ACTIONS,
  ...INTEGRATION_TYPES,
  ...CHANNELS.flatMap(({ id, fields }) => [id, ...fields.flatMap(pointersTo)]),
  staleWhileRevalidate(0),
  staleIfError(0),
  ...FORWARD_REASONS.map((reason) => forwarded(reason, { isStored: true, isCollapsed: true })),
];

function pointersTo({ name }: FieldDeclaration): readonly string[] {
  return [pointerOf('configuration', name), pointerOf('secrets', name, 'fingerprint')];
}
