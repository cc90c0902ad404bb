interface Share {
  bytes: number;
  readonly callers: Map<string, number>;
}

/**
 * Shares a number of bytes out between tenants, and a tenant's between its callers, where nothing may be evicted. All that is used, what the tenant
 * uses and what the caller uses may be the whole together. So one caller alone gets a third and one tenant alone half, the less is free the
 * less anybody may add, and whoever has nothing yet always finds some left (dynamic thresholds, as in shared-buffer switches).
 */
export class ByteQuota {
  #used = 0;
  readonly #tenants = new Map<string, Share>();

  constructor(private readonly maxBytes: number) {}

  /** Bytes in use; never over the bound. */
  get used(): number {
    return this.#used;
  }

  admits(tenant: string, caller: string, bytes: number): boolean {
    const share = this.#tenants.get(tenant);
    const ofTenant = share?.bytes ?? 0;
    const ofCaller = share?.callers.get(caller) ?? 0;
    return this.#used + ofTenant + ofCaller + 3 * bytes <= this.maxBytes;
  }

  /** Negative bytes give back. */
  add(tenant: string, caller: string, bytes: number): void {
    const share = this.#tenants.get(tenant) ?? { bytes: 0, callers: new Map<string, number>() };
    const ofCaller = (share.callers.get(caller) ?? 0) + bytes;
    this.#used += bytes;
    share.bytes += bytes;
    share.callers.set(caller, ofCaller);
    if (ofCaller === 0) share.callers.delete(caller);
    if (share.bytes === 0) this.#tenants.delete(tenant);
    else this.#tenants.set(tenant, share);
  }
}
