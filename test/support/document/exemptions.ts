/** Paths that are for people or for the demo; they are no part of the API. */
export const PATHS_BESIDE_THE_API: readonly { readonly pattern: RegExp; readonly because: string }[] = [
  { pattern: /^\/docs(\/.*)?$/, because: 'Swagger UI and its assets are pages.' },
  { pattern: /^\/$/, because: 'The start page is a page.' },
  { pattern: /^\/assets\//, because: 'Styles and scripts of pages.' },
  { pattern: /^\/demo\//, because: 'They exist in the demo only, which shows its own document.' },
];

/**
 * Statuses of requests that reach no operation, so that no operation documents them: each is a problem, sent before the path or
 * the verb is known.
 */
export const STATUSES_BEFORE_ROUTING: Readonly<Record<number, string>> = {
  400: 'Bytes that are no HTTP request, headers that contradict each other, or no `Host`.',
  404: 'A path that the document does not have.',
  408: 'The request was not received in time.',
  413: 'The extensions of chunks are too large.',
  414: 'The URL is longer than 8 KiB.',
  417: '`Expect` with anything but `100-continue`.',
  431: 'The headers are larger than 16 KiB or more than 256 lines.',
  501: 'A transfer coding that is not chunked.',
};

/** Headers of HTTP itself and of browsers: software other than a browser has no use for them, and a proxy may change them. */
export const HEADERS_BESIDE_THE_API: Readonly<Record<string, string>> = {
  connection: 'of the connection',
  'keep-alive': 'of the connection',
  'transfer-encoding': 'framing',
  'content-length': 'framing',
  'content-type': 'the document has it as the media type',
  date: 'of every response (RFC 9110, 6.6.1)',
  'x-content-type-options': 'for browsers',
  'x-frame-options': 'for browsers',
  'referrer-policy': 'for browsers',
  'content-security-policy': 'for browsers',
  'access-control-expose-headers': 'for browsers; it names headers that the document has',
};
