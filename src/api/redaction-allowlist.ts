import { AUDIT_ACTIONS } from '../audit/vocabulary';
import { forwarded, staleIfError, staleWhileRevalidate } from '../cache/cache-status';
import { CHANNELS } from '../channels/channel-registry';
import type { FieldDeclaration } from '../channels/fields/field';
import { INTEGRATION_TYPES } from '../channels/integration-type';
import { LOG_EVENTS } from '../observability/log-events';
import { PROBLEM_CODES } from '../problems/problem-registry';
import { pointerOf } from '../problems/violation';

const WAYS = ['miss', 'stale', 'request'] as const;
/** Of the line of a request; shorter ones are no secrets to anybody. */
const MEMBERS = ['requestId', 'durationMs', 'attempts'];

/** What the log and the audit trail say by themselves, routes and the ids of the tenants file left out. */
export const REDACTION_ALLOWLIST: readonly string[] = [
  ...MEMBERS,
  ...Object.entries(LOG_EVENTS).flatMap(([event, [, words]]) => [event, words]),
  ...PROBLEM_CODES,
  ...AUDIT_ACTIONS,
  ...INTEGRATION_TYPES,
  ...CHANNELS.flatMap(({ id, fields }) => [id, ...fields.flatMap(pointersTo)]),
  staleWhileRevalidate(0),
  staleIfError(0),
  ...WAYS.map((why) => forwarded(why, { isStored: true, isCollapsed: true })),
];

function pointersTo({ name }: FieldDeclaration): readonly string[] {
  return [pointerOf('configuration', name), pointerOf('secrets', name, 'fingerprint')];
}
