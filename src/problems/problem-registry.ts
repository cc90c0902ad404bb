interface ProblemKind {
  /** The HTTP status; the usual one where several are possible. */
  readonly status: number;
  readonly title: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** The event and the caller's options, for the page at `/problems/{code}`. */
  readonly help: string;
}

/** Every problem of the API. */
export const PROBLEM_KINDS = {
  'validation-failed': {
    status: 400,
    title: 'The request is not valid',
    retryable: false,
    help: 'Each entry of `errors` has a place (JSON Pointer) and a rule. Correct all of them and send the request again.',
  },
  'malformed-body': {
    status: 400,
    title: 'The body is not a JSON object',
    retryable: false,
    help: 'Send one JSON object in UTF-8.',
  },
  'mask-in-value': {
    status: 400,
    title: 'A mask was sent as a value',
    retryable: false,
    help: 'Responses show secrets as `********`. Send the real value, or leave the field out.',
  },
  unauthenticated: {
    status: 401,
    title: 'Credentials are missing or not valid',
    retryable: false,
    help: 'Send one API key as `Authorization: Bearer …` or `X-API-Key`, or a token of a known issuer as the former.',
  },
  forbidden: {
    status: 403,
    title: 'The caller may not do this',
    retryable: false,
    help: 'The caller lacks the scope that `detail` names, or may not act for the tenant of `X-Tenant-Id`.',
  },
  'tenant-required': {
    status: 400,
    title: 'The request names no tenant',
    retryable: false,
    help: 'This caller may act for several tenants: name one with `X-Tenant-Id`.',
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    retryable: false,
    help: 'The route does not exist, or the tenant has no such integration or hub.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The method is not allowed here',
    retryable: false,
    help: '`Allow` lists the methods of this path.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request was not received in time',
    retryable: true,
    help: 'Headers have 10 s and a whole request 30 s. Nothing was done: send the request again, on a new connection.',
  },
  'precondition-failed': {
    status: 412,
    title: 'A precondition does not hold',
    retryable: false,
    help: 'Its ETag differs from that of `If-Match`, or is one of `If-None-Match`. Read it again, then decide.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    retryable: false,
    help: 'The maximum is 256 KiB.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The content type is not supported',
    retryable: false,
    help: 'Send `application/json` (PATCH also takes `application/merge-patch+json`), in UTF-8 and without a content coding.',
  },
  'configuration-frozen': {
    status: 409,
    title: 'The configuration of this channel cannot be changed',
    retryable: false,
    help:
      'Hubster ignores such updates for TwilioSMS, Messenger and Slack. Delete the integration and create it again, or send ' +
      '`Prefer: handling=lenient` to drop the configuration and apply the rest.',
  },
  'name-taken': {
    status: 409,
    title: 'The name is taken in this hub',
    retryable: false,
    help: 'A name is unique within its hub. Choose another.',
  },
  'channel-taken': {
    status: 409,
    title: 'The channel account is already in use',
    retryable: false,
    help: 'A channel account (a number, a page, a workspace) can have one integration, across all hubs.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    retryable: true,
    help: 'The limit of the tenant or the caller is reached. Wait for the time in `Retry-After`.',
  },
  overloaded: {
    status: 503,
    title: 'Stagedoor is busy',
    retryable: true,
    help: 'Too many requests are running to serve this one in time. Wait for the time in `Retry-After`.',
  },
  'idempotency-running': {
    status: 409,
    title: 'A request with this Idempotency-Key is still running',
    retryable: true,
    help: 'Wait for the time in `Retry-After` and send the same request again.',
  },
  'idempotency-mismatch': {
    status: 422,
    title: 'This Idempotency-Key belongs to another request',
    retryable: false,
    help: 'A key names one request. Use a new key for a new request.',
  },
  'idempotency-unavailable': {
    status: 503,
    title: 'Idempotency cannot be guaranteed at the moment',
    retryable: true,
    help: 'The store of Idempotency-Keys cannot be reached, so nothing was sent. Try again later.',
  },
  'audit-unavailable': {
    status: 503,
    title: 'The audit trail cannot be written',
    retryable: true,
    help: 'A write requires an audit record, so nothing was sent. Try again later.',
  },
  'upstream-forbidden': {
    status: 403,
    title: 'Hubster forbids this',
    retryable: false,
    help: 'The tenant’s Hubster credentials do not allow the operation.',
  },
  'upstream-refused': {
    status: 409,
    title: 'Hubster refused the request',
    retryable: false,
    help: 'Hubster responded with 409, 410, 417 or 501; `errors` has its codes.',
  },
  'upstream-unsupported': {
    status: 501,
    title: 'Hubster does not support this operation',
    retryable: false,
    help: 'The integration exists, but Hubster has no such operation for it.',
  },
  'upstream-rate-limited': {
    status: 429,
    title: 'Hubster limits the rate of requests',
    retryable: true,
    help: 'Wait for the time in `Retry-After`. Until then Stagedoor sends no call of this tenant.',
  },
  'upstream-unavailable': {
    status: 503,
    title: 'Hubster is not available',
    retryable: true,
    help: 'Hubster responded with 503, or its recent failures opened the breaker. Wait for the time in `Retry-After`.',
  },
  'upstream-timeout': {
    status: 504,
    title: 'Hubster did not respond in time',
    retryable: true,
    help: 'With `"outcome": "unknown"` a write may have taken effect: read before you send it again, or use an Idempotency-Key.',
  },
  'not-cached': {
    status: 504,
    title: 'The cache has no response for the request',
    retryable: false,
    help: 'The request has `Cache-Control: only-if-cached`, so Hubster was not called. Send it without, or with other limits on age and freshness.',
  },
  'upstream-error': {
    status: 502,
    title: 'Hubster failed',
    retryable: true,
    help: 'Hubster could not be reached, or responded with an internal error.',
  },
  'upstream-invalid': {
    status: 502,
    title: 'Hubster’s response cannot be used',
    retryable: true,
    help: 'The response was broken, too large, or for another request. Stagedoor discarded it.',
  },
  'upstream-auth-failed': {
    status: 502,
    title: 'Hubster does not accept the tenant’s credentials',
    retryable: false,
    help: 'The operator of Stagedoor has to check the client id and secret of this tenant.',
  },
  'internal-error': {
    status: 500,
    title: 'Stagedoor failed',
    retryable: false,
    help: 'A bug in Stagedoor. The log has its cause under the `requestId`.',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEM_KINDS;

export const PROBLEM_CODES = Object.keys(PROBLEM_KINDS) as readonly ProblemCode[];
