import type { Clock } from '../clock/clock';
import { ByteQuota } from '../context/byte-quota';
import type { QuotaOwner } from '../context/quota-owner';
import {
  type Finality,
  type FoundTexts,
  IdempotencyStore,
  KEPT_MS,
  type KeyLocation,
  MAX_TEXT_LENGTH,
  REFUSAL_KEPT_MS,
  type Texts,
} from './idempotency-store';
import { tooManyKeys } from './too-many-keys';

const MAX_BYTES = 64 * 1024 * 1024;
/** What a key costs beside its text: objects, map slots, its id (measured: 0.3 KiB of heap on Node 20). */
const OVERHEAD_BYTES = 400;
const RESERVED_BYTES = MAX_TEXT_LENGTH + OVERHEAD_BYTES;

interface Kept {
  readonly text: string;
  readonly bytes: number;
  /** Clock.monotonic() when it is over. */
  readonly ends: number;
  /** Who is charged for it. */
  readonly owner: QuotaOwner;
}

/** For one process. A caller that uses up its share is refused alone (N2). */
export class MemoryIdempotencyStore extends IdempotencyStore {
  /** Each in the order in which they end, as all in one map are kept for the same time. */
  readonly #lasting = new Map<string, Kept>();
  readonly #refusals = new Map<string, Kept>();
  readonly #quota: ByteQuota;

  constructor(
    private readonly clock: Clock,
    maxBytes = MAX_BYTES,
  ) {
    super();
    this.#quota = new ByteQuota(maxBytes);
  }

  /** Bytes in use, overhead included; never over the bound. */
  get bytes(): number {
    return this.#quota.used;
  }

  override async claim(location: KeyLocation, texts: Texts): Promise<FoundTexts | undefined> {
    this.#dropEnded(this.#lasting);
    this.#dropEnded(this.#refusals);
    const { ids } = location;
    const found = this.#textsAt(location);
    if (found.some((text) => text !== undefined)) return found;
    if (!this.#quota.admits(location, ids.length * RESERVED_BYTES)) throw tooManyKeys();
    this.#put(location, texts, this.clock.monotonic() + KEPT_MS);
    return undefined;
  }

  override async swap(
    location: KeyLocation,
    from: FoundTexts,
    to: Texts | undefined,
    finality?: Finality,
  ): Promise<boolean> {
    if (this.#textsAt(location).some((text, index) => text !== from[index])) return false;
    const [ends] = namesOf(location).flatMap((name) => this.#find(name)?.ends ?? []);
    if (ends === undefined) return false;
    if (to) this.#put(location, to, ends, finality);
    else for (const name of namesOf(location)) this.#drop(name);
    return true;
  }

  #textsAt(location: KeyLocation): FoundTexts {
    return namesOf(location).map((name) => this.#find(name)?.text);
  }

  #find(name: string): Kept | undefined {
    const kept = this.#lasting.get(name) ?? this.#refusals.get(name);
    return kept && kept.ends > this.clock.monotonic() ? kept : undefined;
  }

  /** Until it is final a text is charged as the longest, so that there is always space for its answer. */
  #put(location: KeyLocation, texts: Texts, lastingEnd: number, finality?: Finality): void {
    const { tenant, caller } = location;
    const owner = { tenant, caller };
    const isRefusal = finality === 'refused';
    const ends = isRefusal ? Math.min(lastingEnd, this.clock.monotonic() + REFUSAL_KEPT_MS) : lastingEnd;
    for (const [index, name] of namesOf(location).entries()) {
      const text = texts[index] ?? '';
      const bytes = finality ? text.length + OVERHEAD_BYTES : RESERVED_BYTES;
      this.#uncharge(this.#lasting.get(name));
      this.#quota.add(owner, bytes);
      if (isRefusal) this.#lasting.delete(name);
      // Setting a key again leaves it where it stands, so the order of the map stays the order of their ends.
      (isRefusal ? this.#refusals : this.#lasting).set(name, { text, bytes, ends, owner });
    }
  }

  #dropEnded(records: ReadonlyMap<string, Kept>): void {
    const now = this.clock.monotonic();
    for (const [name, { ends }] of records) {
      if (ends > now) break;
      this.#drop(name);
    }
  }

  #drop(name: string): void {
    this.#uncharge(this.#lasting.get(name) ?? this.#refusals.get(name));
    this.#lasting.delete(name);
    this.#refusals.delete(name);
  }

  #uncharge(kept: Kept | undefined): void {
    if (kept) this.#quota.add(kept.owner, -kept.bytes);
  }
}

/** Tenants have no space in their ids, so the parts stay apart. */
function namesOf({ tenant, ids }: KeyLocation): readonly string[] {
  return ids.map((id) => `${tenant} ${id}`);
}
