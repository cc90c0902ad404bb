interface ProblemKind {
  /** The HTTP status; the usual one where several are possible. */
  readonly status: number;
  readonly title: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** What happened, for the page at `/problems/{code}`. Words in backticks are code. */
  readonly reason: string;
  /** What a caller can do, for the same page. */
  readonly help: string;
}

/** Every problem of the API. */
export const PROBLEM_KINDS = {
  'validation-failed': {
    status: 400,
    title: 'The request is not valid',
    retryable: false,
    reason: 'At least one value breaks a rule, so nothing was sent to Hubster.',
    help: 'Each entry of `errors` has a place (JSON Pointer) and a rule. Correct all of them and send the request again.',
  },
  'malformed-body': {
    status: 400,
    title: 'The body is not a JSON object',
    retryable: false,
    reason: 'The body is missing, is not JSON, or is another value than an object.',
    help: 'Send one JSON object in UTF-8.',
  },
  'mask-in-value': {
    status: 400,
    title: 'A mask was sent as a value',
    retryable: false,
    reason: 'Responses show secrets as `********`, and a value of the request still has this mask.',
    help: 'Send the real value, or leave the field out.',
  },
  unauthenticated: {
    status: 401,
    title: 'Credentials are missing or not valid',
    retryable: false,
    reason: 'The request has no API key or token, one that is not valid, or two that differ.',
    help: 'Send one API key as `Authorization: Bearer …` or `X-API-Key`, or a token of a known issuer as the former.',
  },
  forbidden: {
    status: 403,
    title: 'The caller may not do this',
    retryable: false,
    reason: 'The credentials are valid, but the caller lacks a scope or may not act for the tenant.',
    help: '`detail` says which. The operator of Stagedoor can give the caller the scope or the tenant.',
  },
  'tenant-required': {
    status: 400,
    title: 'The request names no tenant',
    retryable: false,
    reason: 'This caller may act for several tenants, and the request does not say for which one.',
    help: 'Name one of them with `X-Tenant-Id`.',
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    retryable: false,
    reason: 'The route does not exist, or the tenant has no such integration or hub.',
    help: 'Check the path and the ids. An integration of another tenant is not found either.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The method is not allowed here',
    retryable: false,
    reason: 'The path exists, but not with the method of the request.',
    help: 'Use one of the methods in `Allow`.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request was not received in time',
    retryable: true,
    reason: 'Headers have 10 s to arrive, and a whole request 30 s. Nothing was done.',
    help: 'Send the request again, on a new connection.',
  },
  'precondition-failed': {
    status: 412,
    title: 'A precondition does not hold',
    retryable: false,
    reason: 'The ETag of the integration differs from that of `If-Match`, or is one of `If-None-Match`.',
    help: 'Somebody may have changed it. Read it again, decide, and send the request with the new ETag.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    retryable: false,
    reason: 'The body has more than 256 KiB.',
    help: 'Send a smaller body.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The content type is not supported',
    retryable: false,
    reason: 'The body is not JSON in UTF-8, or it has a content coding.',
    help: 'Send `application/json` (PATCH also takes `application/merge-patch+json`), in UTF-8 and without a content coding.',
  },
  'configuration-frozen': {
    status: 409,
    title: 'The configuration of this channel cannot be changed',
    retryable: false,
    reason: 'Hubster ignores new configurations for TwilioSMS, Messenger and Slack, so nothing was sent.',
    help: 'Delete the integration and create it again, or send `Prefer: handling=lenient` to drop the configuration and apply the rest.',
  },
  'name-taken': {
    status: 409,
    title: 'The name is taken in this hub',
    retryable: false,
    reason: 'Another integration of this hub has the name. A name is unique within its hub.',
    help: 'Choose another name.',
  },
  'channel-taken': {
    status: 409,
    title: 'The channel account is already in use',
    retryable: false,
    reason: 'Another integration has this channel account (a number, a page, a workspace), in this hub or another.',
    help: 'Use another account, or delete the integration that has it.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    retryable: true,
    reason: 'The tenant or the caller has sent more requests than its limit allows.',
    help: 'Wait for the time in `Retry-After`. `RateLimit` and `RateLimit-Policy` show the limit in each response.',
  },
  overloaded: {
    status: 503,
    title: 'Stagedoor is busy',
    retryable: true,
    reason: 'Too many requests are running to serve this one in time.',
    help: 'Wait for the time in `Retry-After`, then send the request again.',
  },
  'idempotency-running': {
    status: 409,
    title: 'A request with this Idempotency-Key is still running',
    retryable: true,
    reason: 'The first request with this key has no response yet.',
    help: 'Wait for the time in `Retry-After` and send the same request again.',
  },
  'idempotency-mismatch': {
    status: 422,
    title: 'This Idempotency-Key belongs to another request',
    retryable: false,
    reason: 'The key was used before, with another method, path or body.',
    help: 'A key names one request. Use a new key for a new request.',
  },
  'idempotency-unavailable': {
    status: 503,
    title: 'Idempotency cannot be guaranteed at the moment',
    retryable: true,
    reason: 'The store of Idempotency-Keys cannot be reached, so nothing was sent.',
    help: 'Send the same request again, after the time in `Retry-After`.',
  },
  'audit-unavailable': {
    status: 503,
    title: 'The audit trail cannot be written',
    retryable: true,
    reason: 'A write needs an audit record first. None could be written, so nothing was sent.',
    help: 'Send the same request again, after the time in `Retry-After`. If it stays, the operator has to check the disk or Redis.',
  },
  'upstream-forbidden': {
    status: 403,
    title: 'Hubster forbids this',
    retryable: false,
    reason: 'The tenant’s Hubster credentials do not allow the operation.',
    help: 'The operator of Stagedoor has to check the rights of these credentials at Hubster.',
  },
  'upstream-refused': {
    status: 409,
    title: 'Hubster refused the request',
    retryable: false,
    reason: 'Hubster responded with 409, 410, 417 or 501.',
    help: '`errors` has Hubster’s codes, each with a sentence. Change the request accordingly.',
  },
  'upstream-unsupported': {
    status: 501,
    title: 'Hubster does not support this operation',
    retryable: false,
    reason: 'The integration exists, but Hubster has no such operation for it.',
    help: 'Do it in Hubster’s portal, if that offers it. The same request will not succeed.',
  },
  'upstream-rate-limited': {
    status: 429,
    title: 'Hubster limits the rate of requests',
    retryable: true,
    reason: 'Hubster gets too many requests. Until the time in `Retry-After` Stagedoor sends no call of this tenant.',
    help: 'Wait for the time in `Retry-After`, then send the request again.',
  },
  'upstream-unavailable': {
    status: 503,
    title: 'Hubster is not available',
    retryable: true,
    reason: 'Hubster responded with 503, or its recent failures opened the breaker.',
    help: 'Wait for the time in `Retry-After`, then send the request again.',
  },
  'upstream-timeout': {
    status: 504,
    title: 'Hubster did not respond in time',
    retryable: true,
    reason: 'Hubster’s response did not arrive in time, or at all.',
    help: 'Send a read again. With `"outcome": "unknown"` a write may have taken effect: read first, or use an Idempotency-Key.',
  },
  'not-cached': {
    status: 504,
    title: 'The cache has no response for the request',
    retryable: false,
    reason: 'The request has `Cache-Control: only-if-cached`, and no cached response suits it. Hubster was not called.',
    help: 'Send it without `only-if-cached`, or with other limits on age and freshness.',
  },
  'upstream-error': {
    status: 502,
    title: 'Hubster failed',
    retryable: true,
    reason: 'Hubster could not be reached, or responded with an internal error.',
    help: 'Send the request again later. Stagedoor has already repeated what may safely be repeated.',
  },
  'upstream-invalid': {
    status: 502,
    title: 'Hubster’s response cannot be used',
    retryable: true,
    reason: 'Hubster’s response was broken, too large, or for another request. Stagedoor discarded it.',
    help: 'Send the request again later. If it stays, give the operator the `requestId`.',
  },
  'upstream-auth-failed': {
    status: 502,
    title: 'Hubster does not accept the tenant’s credentials',
    retryable: false,
    reason: 'Hubster gives no token for the tenant’s client id and secret, or does not accept it.',
    help: 'The operator of Stagedoor has to check the client id and secret of this tenant.',
  },
  'internal-error': {
    status: 500,
    title: 'Stagedoor failed',
    retryable: false,
    reason: 'A bug in Stagedoor. The log has its cause under the `requestId`.',
    help: 'Give the `requestId` to the operator of Stagedoor. Before a write is sent again, read what it did.',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEM_KINDS;

export const PROBLEM_CODES = Object.keys(PROBLEM_KINDS) as readonly ProblemCode[];
