/** How long an id that Redis has confirmed is trusted, in milliseconds. */
export const TRUST_MS = 5_000;

/** All entries of a tenant belong to its current generation; renewing it makes all of them unusable at once. */
export interface Generation {
  readonly id: string;
  /**
   * Whether it is known to be current in all replicas. If not, Redis is not used for it, and memory only for entries that are at
   * most `TRUST_MS` old.
   */
  readonly isTrusted: boolean;
}

/** Keeps the generation of each tenant (N4, docs/decisions/0006). Callers compare ids for equality only. */
export abstract class Generations {
  /** The generation as this process knows it. */
  abstract current(tenant: string): Generation;

  /** The current generation, read from Redis if the known one is not trusted. Never rejects, takes at most 50 ms. */
  abstract confirmed(tenant: string): Promise<Generation>;

  /** Makes all entries of the tenant unusable: at once in this process, then in all replicas. Never rejects, takes at most 50 ms. */
  abstract renew(tenant: string): Promise<void>;

  /** A response that was loaded under another id must not be stored. */
  isCurrent(tenant: string, id: string): boolean {
    return this.current(tenant).id === id;
  }
}
