import { forwarded, staleIfError, staleWhileRevalidate } from '../cache/cache-status';
import { LOG_EVENTS } from '../observability/log-events';
import { PROBLEM_CODES } from '../problems/problem-registry';

const WAYS = ['miss', 'stale', 'request'] as const;
/** Of the line of a request; shorter ones are no secrets to anybody. */
const MEMBERS = ['requestId', 'durationMs', 'attempts'];

/** What lines of the log say by themselves, routes and the ids of the tenants file left out. */
export const LOG_WORDS: readonly string[] = [
  ...MEMBERS,
  ...Object.entries(LOG_EVENTS).flatMap(([event, [, words]]) => [event, words]),
  ...PROBLEM_CODES,
  staleWhileRevalidate(0),
  staleIfError(0),
  ...WAYS.map((why) => forwarded(why, { isStored: true, isCollapsed: true })),
];
