/** How long Redis's word holds when nothing more is heard of it, in milliseconds. */
export const TRUST_MS = 5_000;

/** What ties a tenant's entries together; when it is renewed, all of them are dead at once. */
export interface Generation {
  readonly id: string;
  /**
   * Whether it is known to be the current one in all replicas. While it is not, Redis is not used for it, and memory
   * only for what was loaded just now.
   */
  readonly isTrusted: boolean;
}

/** Keeps each tenant's generation: a random id, compared for equality only (N4, docs/decisions/0006). */
export abstract class Generations {
  /** What this process knows, at once. */
  abstract current(tenant: string): Generation;

  /** The current one, asked of Redis where what is known cannot be trusted. Never fails, takes at most 50 ms. */
  abstract confirmed(tenant: string): Promise<Generation>;

  /** Makes all entries of the tenant dead: at once in this process, then everywhere. Never fails, takes at most 50 ms. */
  abstract renew(tenant: string): Promise<void>;

  /** The fence: what was loaded under another id must not be stored. */
  isCurrent(tenant: string, id: string): boolean {
    return this.current(tenant).id === id;
  }
}
