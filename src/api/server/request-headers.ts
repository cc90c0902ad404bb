/**
 * Every request header that a caller can set and Stagedoor reads. `single`: a request that repeats it is refused, as Node would drop
 * or join the lines unseen. `joined`: several lines are one value with commas, which is a list, or is not valid and then ignored.
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

/** In lower case, with the spelling that is shown. Callers other than browsers set `Host` too. */
const SINGLE = new Map(
  ['Host', ...Object.keys(REQUEST_HEADERS).filter((name) => REQUEST_HEADERS[name] === 'single')].map((name) => [
    name.toLowerCase(),
    name,
  ]),
);

interface ReceivedHeaders {
  readonly headers: object;
  /** Names and values in turn, each line that was received. */
  readonly rawHeaders: readonly string[];
}

/** The header that the request has more than once although it may come once. */
export function repeatedHeader({ headers, rawHeaders }: ReceivedHeaders): string | undefined {
  // Every request pays for this line, few for the others.
  if (Object.keys(headers).length * 2 === rawHeaders.length) return undefined;
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    if (seen.has(name) && SINGLE.has(name)) return SINGLE.get(name);
    seen.add(name);
  }
  return undefined;
}
