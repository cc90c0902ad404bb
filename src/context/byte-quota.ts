import type { QuotaOwner } from './quota-owner';

interface TenantUsage {
  bytes: number;
  readonly callers: Map<string, number>;
}

/**
 * Divides a number of bytes between tenants and their callers, where entries cannot be evicted. The sum of all bytes in use, those of
 * the tenant and those of the caller is limited. So a single caller gets at most a third and a single tenant half, each gets less the
 * more is in use, and some bytes always remain for a new caller (dynamic thresholds, as in shared-buffer switches).
 */
export class ByteQuota {
  #used = 0;
  readonly #tenants = new Map<string, TenantUsage>();

  constructor(private readonly maxBytes: number) {}

  /** Bytes in use, never more than `maxBytes`. */
  get used(): number {
    return this.#used;
  }

  allows({ tenant, caller }: QuotaOwner, bytes: number): boolean {
    const usage = this.#tenants.get(tenant);
    const ofTenant = usage?.bytes ?? 0;
    const ofCaller = usage?.callers.get(caller) ?? 0;
    return this.#used + ofTenant + ofCaller + 3 * bytes <= this.maxBytes;
  }

  /** Negative bytes free space. */
  add({ tenant, caller }: QuotaOwner, bytes: number): void {
    const usage = this.#tenants.get(tenant) ?? { bytes: 0, callers: new Map<string, number>() };
    const ofCaller = (usage.callers.get(caller) ?? 0) + bytes;
    this.#used += bytes;
    usage.bytes += bytes;
    usage.callers.set(caller, ofCaller);
    if (ofCaller === 0) usage.callers.delete(caller);
    if (usage.bytes === 0) this.#tenants.delete(tenant);
    else this.#tenants.set(tenant, usage);
  }
}
