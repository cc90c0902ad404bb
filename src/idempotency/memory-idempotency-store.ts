import type { Clock } from '../clock/clock';
import { Problem } from '../problems/problem';
import { IdempotencyStore, KEPT_MS, type Place } from './idempotency-store';

/** Keys of one tenant; a key that was dropped early would no longer protect anybody, so further ones are refused. */
const MAX_KEYS = 10_000;

interface Kept {
  readonly text: string;
  /** Clock.monotonic() when it is over. */
  readonly ends: number;
}

/** For one process. A tenant that uses up its share is refused alone (N2). */
export class MemoryIdempotencyStore extends IdempotencyStore {
  readonly #tenants = new Map<string, Map<string, Kept>>();

  constructor(private readonly clock: Clock) {
    super();
  }

  override async claim({ tenant, id }: Place, text: string): Promise<string | undefined> {
    const kept = this.#keptBy(tenant);
    const found = kept.get(id);
    if (found) return found.text;
    if (kept.size >= MAX_KEYS) throw new Problem('idempotency-unavailable');
    kept.set(id, { text, ends: this.clock.monotonic() + KEPT_MS });
    this.#tenants.set(tenant, kept);
    return undefined;
  }

  override async swap({ tenant, id }: Place, from: string, to: string | undefined): Promise<boolean> {
    const kept = this.#keptBy(tenant);
    const found = kept.get(id);
    if (found?.text !== from) return false;
    // Setting a key again leaves it where it stands, so the order of the map stays the order of their ends.
    if (to === undefined) kept.delete(id);
    else kept.set(id, { ...found, text: to });
    return true;
  }

  #keptBy(tenant: string): Map<string, Kept> {
    const kept = this.#tenants.get(tenant) ?? new Map<string, Kept>();
    const now = this.clock.monotonic();
    for (const [id, { ends }] of kept) {
      if (ends > now) break;
      kept.delete(id);
    }
    return kept;
  }
}
