/**
 * Every request header that a caller can set and Stagedoor reads. `single`: a request that repeats it is rejected, as Node would silently
 * drop or join the lines. `joined`: Node joins several lines with commas; the value is a list, or is invalid and then ignored.
 */
export const REQUEST_HEADERS: Readonly<Record<string, 'single' | 'joined'>> = {
  Authorization: 'single',
  'X-API-Key': 'single',
  'X-Tenant-Id': 'single',
  'Content-Type': 'single',
  'Idempotency-Key': 'single',
  'X-Request-Timeout-Ms': 'single',
  'X-On-Behalf-Of': 'single',
  'X-Integration-Id': 'single',
  'X-Hub-Id': 'single',
  'X-Hubster-Public-Key': 'single',
  'X-Hubster-Signature': 'single',
  Accept: 'joined',
  'Cache-Control': 'joined',
  'If-Match': 'joined',
  'If-None-Match': 'joined',
  Prefer: 'joined',
  'X-Request-Id': 'joined',
  traceparent: 'joined',
  tracestate: 'joined',
};

/** From lower case to the spelling in problems. Callers other than browsers set `Host` too. */
const SINGLE = new Map(
  ['Host', ...Object.keys(REQUEST_HEADERS).filter((name) => REQUEST_HEADERS[name] === 'single')].map((name) => [
    name.toLowerCase(),
    name,
  ]),
);

interface ReceivedHeaders {
  readonly headers: object;
  /** Alternating names and values of all received lines. */
  readonly rawHeaders: readonly string[];
}

/** The name of a `single` header that the request repeats. */
export function repeatedHeader({ headers, rawHeaders }: ReceivedHeaders): string | undefined {
  // The fast case: most requests repeat no header.
  if (Object.keys(headers).length * 2 === rawHeaders.length) return undefined;
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    if (seen.has(name) && SINGLE.has(name)) return SINGLE.get(name);
    seen.add(name);
  }
  return undefined;
}
