import type { QuotaOwner } from './quota-owner';

interface TenantBytes {
  bytes: number;
  readonly callers: Map<string, number>;
}

/**
 * Shares a number of bytes out between tenants, and a tenant's between its callers, where nothing may be evicted. All that is used, what the
 * tenant uses and what the caller uses may be the whole together. So one caller alone gets a third and one tenant alone half, the less is free
 * the less anybody may add, and whoever has nothing yet always finds some left (dynamic thresholds, as in shared-buffer switches).
 */
export class ByteQuota {
  #used = 0;
  readonly #tenants = new Map<string, TenantBytes>();

  constructor(private readonly maxBytes: number) {}

  /** Bytes in use; never over the bound. */
  get used(): number {
    return this.#used;
  }

  admits({ tenant, caller }: QuotaOwner, bytes: number): boolean {
    const ofTenant = this.#tenants.get(tenant);
    const ofCaller = ofTenant?.callers.get(caller) ?? 0;
    return this.#used + (ofTenant?.bytes ?? 0) + ofCaller + 3 * bytes <= this.maxBytes;
  }

  /** Negative bytes give back. */
  add({ tenant, caller }: QuotaOwner, bytes: number): void {
    const ofTenant = this.#tenants.get(tenant) ?? { bytes: 0, callers: new Map<string, number>() };
    const ofCaller = (ofTenant.callers.get(caller) ?? 0) + bytes;
    this.#used += bytes;
    ofTenant.bytes += bytes;
    ofTenant.callers.set(caller, ofCaller);
    if (ofCaller === 0) ofTenant.callers.delete(caller);
    if (ofTenant.bytes === 0) this.#tenants.delete(tenant);
    else this.#tenants.set(tenant, ofTenant);
  }
}
