const CACHE = 'stagedoor';

/** Whether a member tells of an answer that needed nobody else (RFC 9211, 2.1). */
export function isHit(member: string): boolean {
  return member.startsWith(`${CACHE}; hit`);
}

/** Answered from the cache; `ttl` in seconds, negative when stale. */
export function hit(ttl: number): string {
  return `${CACHE}; hit; ttl=${ttl}`;
}

/** Answered stale at once, renewed behind the scenes (RFC 5861, 3). */
export function staleWhileRevalidate(ttl: number): string {
  return `${CACHE}; hit; ttl=${ttl}; detail=stale-while-revalidate`;
}

/** Hubster was asked and failed (RFC 5861, 4). It is no hit, as the request went forward (RFC 9211, 2.1). */
export function staleIfError(ttl: number): string {
  return `${CACHE}; fwd=stale; ttl=${ttl}; detail=stale-if-error`;
}

export interface Forwarded {
  readonly isStored: boolean;
  readonly isCollapsed: boolean;
}

/** Hubster was asked: there was nothing (`miss`), only something too old (`stale`), or the caller wanted it (`request`). */
export function forwarded(why: 'miss' | 'stale' | 'request', { isStored, isCollapsed }: Forwarded): string {
  return `${CACHE}; fwd=${why}${isStored ? '; stored' : ''}${isCollapsed ? '; collapsed' : ''}`;
}
