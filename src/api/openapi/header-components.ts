import type { JsonObject } from '../../json/json-value';
import { REQUEST_ID } from '../request/headers';
import { integer, text } from './schemas/scalars';

const RATE_LIMIT = 'draft-ietf-httpapi-ratelimit-headers';

/** Every response header, by name: description, example, and a schema if it is no plain text. */
const HEADERS: readonly (readonly [
  name: string,
  description: string,
  example: string | number,
  schema?: JsonObject,
])[] = [
  [
    'X-Request-Id',
    'The id of the request: the one that was sent, if it is valid.',
    '6a1f2f4e-8a52-4a5c-9b61-2c1a0f9a7d10',
    { ...text(128), pattern: REQUEST_ID.source },
  ],
  [
    'ETag',
    'Strong validator (RFC 9110). It differs between tenants. The response to a write has the one that the next read has.',
    '"q0J8m3cV5n1T0yZ4sX2bWw"',
    { ...text(64), pattern: '^"[A-Za-z0-9_-]+"$' },
  ],
  ['Age', 'Seconds since the response was loaded from Hubster (RFC 9111).', 12, integer(0, 2 ** 31 - 1)],
  ['Cache-Status', 'How the cache handled the request (RFC 9211).', 'stagedoor; hit; ttl=18'],
  ['Cache-Control', 'Who may store the response, and for how long (RFC 9111).', 'private, no-cache'],
  ['Vary', 'The request headers that the response depends on (RFC 9110).', 'Authorization, X-API-Key, X-Tenant-Id'],
  [
    'Link',
    'The pages `first`, `prev`, `next` and `last` (RFC 8288). The last page has no `next`.',
    '</api/v1/integrations?pageNumber=1&pageSize=50>; rel="next"',
  ],
  ['Retry-After', 'Seconds until the same request may succeed.', 1, integer(1, 2 ** 31 - 1)],
  [
    'RateLimit',
    `How many requests are left of a burst (\`r\`), and the seconds until it is full again (\`t\`); ${RATE_LIMIT}. Absent without a limit.`,
    '"tenant-burst";r=599;t=1',
  ],
  [
    'RateLimit-Policy',
    'The limits of the tenant and the caller: `q` requests in `w` seconds. The policy with `-burst` is what may be sent at once; its ' +
      `window refills the burst. ${RATE_LIMIT}.`,
    '"tenant";q=6000;w=60, "tenant-burst";q=600;w=6',
  ],
  ['WWW-Authenticate', 'The scheme of the credentials (RFC 9110).', 'Bearer realm="stagedoor"'],
  ['Allow', 'The verbs of the path (RFC 9110).', 'GET, HEAD, OPTIONS'],
  ['Accept-Encoding', 'Present if the body had a content coding: bodies must have none (RFC 9110).', 'identity'],
  [
    'Idempotency-Replayed',
    'Present if this is the response to an earlier request with the same `Idempotency-Key`.',
    'true',
    { type: 'string', enum: ['true'] },
  ],
  [
    'Preference-Applied',
    'Present if `Prefer: handling=lenient` was sent (RFC 7240).',
    'handling=lenient',
    { type: 'string', enum: ['handling=lenient'] },
  ],
  [
    'Server-Timing',
    'If Hubster was called: milliseconds in the cache and at Hubster, and the number of attempts (W3C).',
    'cache;dur=0.4, upstream;dur=81.3, attempts;desc="1"',
  ],
  [
    'Access-Control-Allow-Origin',
    'The origin of the request, if `CORS_ORIGINS` of the service has it; otherwise absent.',
    'https://app.example.com',
  ],
  [
    'Access-Control-Allow-Methods',
    'The verbs of the path, in the response to a preflight request.',
    'GET, HEAD, OPTIONS',
  ],
  [
    'Access-Control-Allow-Headers',
    'The request headers that a page may send, in the response to a preflight request.',
    'X-API-Key',
  ],
  [
    'Access-Control-Max-Age',
    'Seconds for which a browser may remember the response to a preflight request.',
    600,
    integer(1, 86_400),
  ],
];

/** More than any of these headers can have. */
const MAX_LENGTH = 8192;

/** The response headers of the document. None is required: each says when it is present. */
export function headerComponents(): JsonObject {
  return Object.fromEntries(
    HEADERS.map(([name, description, example, schema]) => [
      name,
      { description, schema: schema ?? text(MAX_LENGTH), example },
    ]),
  );
}
