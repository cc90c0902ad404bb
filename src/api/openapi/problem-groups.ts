import type { ProblemCode } from '../../problems/problem-registry';

/** One status with all problems that it can have in some operations, and the headers that only these have. */
interface ProblemGroup {
  readonly status: number;
  readonly codes: readonly ProblemCode[];
  readonly headers?: readonly ProblemHeader[];
  /** A client that prefers HTML gets a page. */
  readonly hasPage?: boolean;
}

type ProblemHeader =
  | 'Accept-Encoding'
  | 'Age'
  | 'Allow'
  | 'Cache-Status'
  | 'Idempotency-Replayed'
  | 'Retry-After'
  | 'WWW-Authenticate';

const REPLAYED = ['Idempotency-Replayed'] as const;
const RETRY = ['Retry-After'] as const;
const UPSTREAM_503 = ['overloaded', 'upstream-unavailable'] as const;

/** By name: each is a response of the document, and with `Problem` at its end a schema with its closed set of codes. */
export const PROBLEM_GROUPS = {
  BadRequest: { status: 400, codes: ['validation-failed'] },
  BadTenantRequest: { status: 400, codes: ['validation-failed', 'tenant-required'] },
  BadBody: {
    status: 400,
    codes: ['validation-failed', 'malformed-body', 'tenant-required'],
    headers: REPLAYED,
  },
  BadIntegration: {
    status: 400,
    codes: ['validation-failed', 'malformed-body', 'mask-in-value', 'tenant-required'],
    headers: REPLAYED,
  },
  Unauthenticated: { status: 401, codes: ['unauthenticated'], headers: ['WWW-Authenticate'] },
  Forbidden: { status: 403, codes: ['forbidden', 'upstream-forbidden'], headers: REPLAYED },
  NotFound: { status: 404, codes: ['not-found'], headers: ['Age', 'Cache-Status', 'Idempotency-Replayed'] },
  NotFoundPage: { status: 404, codes: ['not-found'], hasPage: true },
  MethodNotAllowed: { status: 405, codes: ['method-not-allowed'], headers: ['Allow'] },
  RequestTimeout: { status: 408, codes: ['request-timeout'] },
  Conflict: {
    status: 409,
    codes: ['name-taken', 'channel-taken', 'configuration-frozen', 'idempotency-running', 'upstream-refused'],
    headers: ['Idempotency-Replayed', 'Retry-After'],
  },
  DeleteConflict: {
    status: 409,
    codes: ['idempotency-running', 'upstream-refused'],
    headers: ['Idempotency-Replayed', 'Retry-After'],
  },
  ReadConflict: { status: 409, codes: ['upstream-refused'] },
  Gone: { status: 410, codes: ['upstream-refused'], headers: REPLAYED },
  PreconditionFailed: { status: 412, codes: ['precondition-failed'], headers: REPLAYED },
  BodyTooLarge: { status: 413, codes: ['body-too-large'] },
  UriTooLong: { status: 414, codes: ['validation-failed'] },
  UnsupportedMediaType: { status: 415, codes: ['unsupported-media-type'], headers: ['Accept-Encoding'] },
  ExpectationFailed: { status: 417, codes: ['validation-failed'] },
  ExpectationFailedByHubster: { status: 417, codes: ['validation-failed', 'upstream-refused'], headers: REPLAYED },
  IdempotencyMismatch: { status: 422, codes: ['idempotency-mismatch'] },
  TooManyRequests: { status: 429, codes: ['rate-limited', 'upstream-rate-limited'], headers: RETRY },
  HeadersTooLarge: { status: 431, codes: ['validation-failed'] },
  InternalError: { status: 500, codes: ['internal-error'] },
  NotImplemented: { status: 501, codes: ['validation-failed'] },
  NotImplementedByHubster: { status: 501, codes: ['validation-failed', 'upstream-refused'] },
  DeleteNotImplemented: { status: 501, codes: ['validation-failed', 'upstream-refused', 'upstream-unsupported'] },
  BadGateway: { status: 502, codes: ['upstream-error', 'upstream-invalid', 'upstream-auth-failed'] },
  Unavailable: { status: 503, codes: UPSTREAM_503, headers: RETRY },
  AuditUnavailable: { status: 503, codes: [...UPSTREAM_503, 'audit-unavailable'], headers: RETRY },
  WriteUnavailable: {
    status: 503,
    codes: [...UPSTREAM_503, 'audit-unavailable', 'idempotency-unavailable'],
    headers: RETRY,
  },
  GatewayTimeout: { status: 504, codes: ['upstream-timeout'] },
  ReadTimeout: { status: 504, codes: ['upstream-timeout', 'not-cached'] },
} as const satisfies Readonly<Record<string, ProblemGroup>>;

export type ProblemGroupName = keyof typeof PROBLEM_GROUPS;

export function problemGroup(name: ProblemGroupName): ProblemGroup {
  return PROBLEM_GROUPS[name];
}

/** Of every operation: the message itself can be wrong, and `MANAGEMENT_PORT` serves some paths on one port only. */
const OF_EVERY_OPERATION = [
  ...(['NotFound', 'RequestTimeout', 'BodyTooLarge', 'UriTooLong', 'UnsupportedMediaType'] as const),
  ...(['HeadersTooLarge', 'InternalError'] as const),
];

/** Of operations without credentials. */
export const PUBLIC_PROBLEMS: readonly ProblemGroupName[] = [
  ...OF_EVERY_OPERATION,
  ...(['BadRequest', 'ExpectationFailed', 'NotImplemented'] as const),
];

/** Of every operation with credentials: a portal token that is seen for the first time is checked at Hubster. */
const OF_CALLERS: readonly ProblemGroupName[] = [
  ...OF_EVERY_OPERATION,
  ...(['Unauthenticated', 'Forbidden', 'TooManyRequests', 'BadGateway'] as const),
];

/** Of operations about the caller or about no tenant. */
export const CALLER_PROBLEMS: readonly ProblemGroupName[] = [
  ...OF_CALLERS,
  ...(['BadRequest', 'ExpectationFailed', 'NotImplemented', 'Unavailable', 'GatewayTimeout'] as const),
];

/** Of reads through the cache. */
export const READ_PROBLEMS: readonly ProblemGroupName[] = [
  ...OF_CALLERS,
  ...(['BadTenantRequest', 'ReadConflict', 'Gone', 'PreconditionFailed'] as const),
  ...(['ExpectationFailedByHubster', 'NotImplementedByHubster', 'Unavailable', 'ReadTimeout'] as const),
];

/** Of operations that succeed only with a record in the audit trail. */
export const AUDITED_PROBLEMS: readonly ProblemGroupName[] = [
  ...OF_CALLERS,
  ...(['ExpectationFailed', 'NotImplemented', 'AuditUnavailable', 'GatewayTimeout'] as const),
];

/** Of uncached calls to Hubster, with a body in the request. */
export const HUBSTER_PROBLEMS: readonly ProblemGroupName[] = [
  ...OF_CALLERS,
  ...(['Gone', 'PreconditionFailed', 'ExpectationFailedByHubster', 'GatewayTimeout'] as const),
];

/** Of writes of integrations. */
export const WRITE_PROBLEMS: readonly ProblemGroupName[] = [
  ...HUBSTER_PROBLEMS,
  ...(['IdempotencyMismatch', 'WriteUnavailable'] as const),
];
