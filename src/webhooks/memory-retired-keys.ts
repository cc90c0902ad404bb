import { hash } from 'node:crypto';
import type { Clock } from '../clock/clock';
import { isTooLong, type KeyPlace, RETIRED_FOR_MS, type RetiredKey } from './retired-key';
import { RetiredKeys } from './retired-keys';

/** In all, and of one tenant; beyond, the oldest goes. A key takes 1.5 KiB at the most, so all take 15 MiB. */
const MAX_KEYS = { inAll: 10_000, ofTenant: 2_500 };

interface Kept {
  readonly tenant: string;
  readonly key: RetiredKey;
  readonly endsAt: number;
}

/** In this process, until it ends. */
export class MemoryRetiredKeys extends RetiredKeys {
  /** Oldest first, so that those that have ended stand in front. */
  readonly #keys = new Map<string, Kept>();
  /** Ids of the keys of each tenant, oldest first. */
  readonly #tenants = new Map<string, Set<string>>();

  constructor(
    private readonly clock: Clock,
    private readonly max = MAX_KEYS,
  ) {
    super();
  }

  async keep(place: KeyPlace, key: RetiredKey): Promise<void> {
    if (isTooLong(key)) return;
    const { tenant } = place;
    const id = idOf(place);
    this.#drop(id);
    const ids = this.#tenants.get(tenant) ?? new Set<string>();
    if (ids.size >= this.max.ofTenant) this.#drop(first(ids));
    if (this.#keys.size >= this.max.inAll) this.#drop(first(this.#keys.keys()));
    this.#keys.set(id, { tenant, key, endsAt: this.clock.monotonic() + RETIRED_FOR_MS });
    this.#tenants.set(tenant, ids.add(id));
    this.#dropEnded();
  }

  async find(place: KeyPlace): Promise<RetiredKey | undefined> {
    this.#dropEnded();
    return this.#keys.get(idOf(place))?.key;
  }

  #dropEnded(): void {
    const now = this.clock.monotonic();
    for (const [id, { endsAt }] of this.#keys) {
      if (endsAt > now) return;
      this.#drop(id);
    }
  }

  #drop(id: string | undefined): void {
    const kept = id === undefined ? undefined : this.#keys.get(id);
    if (id === undefined || !kept) return;
    this.#keys.delete(id);
    const ids = this.#tenants.get(kept.tenant);
    ids?.delete(id);
    if (ids?.size === 0) this.#tenants.delete(kept.tenant);
  }
}

function first(ids: Iterable<string>): string | undefined {
  for (const id of ids) return id;
  return undefined;
}

/** Whatever the name is made of, it is hashed: it may be of any length. */
function idOf({ tenant, integrationId, name }: KeyPlace): string {
  return hash('sha256', JSON.stringify([tenant, integrationId, name]), 'base64url');
}
