import type { Caller } from './caller';
import type { Tenant } from './tenant';

/** The tenant and caller whose quota is used, where capacity is divided between tenants and their callers. */
export interface QuotaOwner {
  readonly tenant: string;
  readonly caller: string;
}

/** The colon keeps it apart from every id of the tenants file, the asterisk from every portal token's. */
const ALL_PASSTHROUGH_TOKENS = 'own:*';
/** Of requests that name no tenant; no id of the tenants file is empty. */
const NO_TENANT = '';

/** Whether the tenant is a caller with a portal token of its own. */
export function isPassthrough({ credentials }: Tenant): boolean {
  return 'portalToken' in credentials;
}

/** Anybody with a Hubster account may have any number of portal tokens, so all of them together are charged as one tenant (N2). */
export function quotaOwner({
  tenant,
  caller,
}: {
  readonly tenant: Tenant | undefined;
  readonly caller: Caller;
}): QuotaOwner {
  if (!tenant) return { tenant: NO_TENANT, caller: caller.id };
  if (isPassthrough(tenant)) return { tenant: ALL_PASSTHROUGH_TOKENS, caller: tenant.id };
  return { tenant: tenant.id, caller: caller.id };
}

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

/** Undoes the IPv6 form of an IPv4 address, which a socket for both reports (RFC 4291, 2.5.5.2). */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** An IPv4 address, or the 64-bit network of an IPv6 address (RFC 4291), as providers assign one to each customer. */
export function networkOf(address: string): string {
  const plain = plainAddress(address).toLowerCase();
  if (!plain.includes(':')) return plain;
  const [withoutZone = ''] = plain.split('%', 1);
  const [front = '', back] = withoutZone.split('::');
  const head = front ? front.split(':') : [];
  const tail = back ? back.split(':') : [];
  const zeros = back === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  return `${[...head, ...Array<string>(zeros).fill('0'), ...tail].slice(0, 4).join(':')}::/64`;
}
