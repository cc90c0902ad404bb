import { logEvent } from '../observability/log/log-events';
import type { Logger } from '../observability/log/logger';
import type { Metrics } from '../observability/metrics';
import type { CacheRead } from './cache-read';

const CACHE = 'stagedoor';

/** Where a response came from: a tier, a stale entry, Hubster (and why), the call of another request, or nowhere. */
const RESULTS = [
  'memory',
  'redis',
  'stale-while-revalidate',
  'stale-if-error',
  'miss',
  'stale',
  'request',
  'collapsed',
  'failed',
  'only-if-cached',
] as const;

/** Whether the member of `Cache-Status` is a hit: no request went forward (RFC 9211, 2.1). */
export function isHit(member: string): boolean {
  return member.startsWith(`${CACHE}; hit`);
}

/** `ttl` in seconds, negative for a stale entry. */
export function hit(ttl: number): string {
  return `${CACHE}; hit; ttl=${ttl}`;
}

/** Stale, and loaded again in the background (RFC 5861, 3). */
export function staleWhileRevalidate(ttl: number): string {
  return `${CACHE}; hit; ttl=${ttl}; detail=stale-while-revalidate`;
}

/** Stale, because the call to Hubster failed (RFC 5861, 4). Not a hit, as the request went forward (RFC 9211, 2.1). */
export function staleIfError(ttl: number): string {
  return `${CACHE}; fwd=stale; ttl=${ttl}; detail=stale-if-error`;
}

interface Forwarded {
  readonly isStored: boolean;
  readonly isCollapsed: boolean;
}

/** Loaded from Hubster: no entry existed (`miss`), the entry was too old (`stale`), or the caller's directives required it (`request`). */
export function forwarded(why: 'miss' | 'stale' | 'request', { isStored, isCollapsed }: Forwarded): string {
  return `${CACHE}; fwd=${why}${isStored ? '; stored' : ''}${isCollapsed ? '; collapsed' : ''}`;
}

export type ReadResult = (typeof RESULTS)[number];

/** Counts reads by result. */
export class CacheMetrics {
  readonly #counters: ReadonlyMap<ReadResult, { inc(): void }>;

  constructor({ cacheResults, counters }: Metrics) {
    this.#counters = new Map(RESULTS.map((result) => [result, counters.counter(cacheResults, { result })]));
  }

  count(result: ReadResult): void {
    this.#counters.get(result)?.inc();
  }
}

/** Logs what was decided about a read, and why; without the names of integrations. */
export type CacheLog = (
  event: 'cache.read' | 'cache.not-stored',
  read: Pick<CacheRead, 'tenant' | 'kind' | 'requestId'>,
  facts: { readonly reason: string; readonly result?: ReadResult },
) => void;

export function cacheLog(logger: Logger): CacheLog {
  return (event, { requestId, tenant, kind }, facts) => logEvent(logger, event, { requestId, tenant, kind, ...facts });
}
