import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../clock/clock';
import { TenantTable } from '../../context/tenant-table';
import { DirtyMarks } from './dirty-marks';
import type { GenerationRegistry } from './generation-registry';
import { type Generation, Generations, TRUST_MS } from './generations';
import { KnownTenant } from './known-tenant';
import { type Affected, EVERYTHING, type TagChange } from './tenant-changes';

/** From this age on what is in use is confirmed in the background, so that hits do not wait for the confirmation. */
const CONFIRM_AGAIN_MS = 2_500;
const RETRY_MS = 500;
/** The least time between two renewals of the epoch by this process, each of which costs all entries of all tenants. */
const RENEWAL_MS = 1_000;
const MAX_DIRTY = 10_000;
/** Of all tenants together (measured: 0.2 KiB each), and as many tenants. */
const MAX_TAGS = 200_000;
/** More than the registry keeps of a tenant. */
const MAX_TAGS_OF_TENANT = 5_000;

interface EpochMark {
  /** A renewal of another replica that is newer than this epoch does as well. Undefined: only one of this process does. */
  readonly unlessNewerThan: string | undefined;
}

/** `discarded`: something changed while the registry was read. */
type Confirmation = 'confirmed' | 'discarded' | 'failed';

/**
 * Generations that replicas share over Redis: the id of the epoch, and that of the newest change of the tags. Ids increase, so an older
 * one is invalid even if Redis returns it again, as a lagging replica does when it becomes the primary. One command confirms a tenant: it
 * brings the epoch of this process into the tenant's record, or a greater one from there.
 */
export class SharedGenerations extends Generations {
  readonly #tenants = new LRUCache<string, KnownTenant>({
    maxSize: MAX_TAGS,
    sizeCalculation: sizeOf,
  });
  /** The greatest id of each tenant that this process has seen. */
  readonly #greatest = new TenantTable<string>();
  readonly #dirty = new DirtyMarks();
  /** Readings of the registry in flight, by tenant. */
  readonly #confirming = new Map<string, Promise<Confirmation>>();
  /** `session`: in which it was read or learnt. */
  #epoch = { id: randomUUID() as string, session: -1 };
  #greatestEpoch = '';
  /** Set until a renewal of the epoch has reached Redis; its id there is ignored meanwhile. */
  #epochMark: EpochMark | undefined;
  #renewedEpochAt = Number.NEGATIVE_INFINITY;
  /** The greatest epoch that this process had seen when the registry was interrupted. */
  #epochBefore = '';
  #readingEpoch: Promise<boolean> | undefined;
  /** Increased whenever messages may have been lost, or the epoch has changed: what was read before is not trusted any more. */
  #session = 0;
  #isRetrying = false;

  constructor(
    private readonly registry: GenerationRegistry,
    private readonly clock: Clock,
  ) {
    super();
    registry.listen({
      onEpoch: (id) => {
        if (id === '') this.#forgetEpoch();
        else if (id > this.#greatestEpoch) this.#adoptEpoch(id);
      },
      onChange: (tenant, change) => this.#learn(tenant, change),
      onListening: () => {
        this.#session += 1;
      },
      onInterrupted: () => {
        this.#epochBefore = this.#greatestEpoch;
      },
      // Redis may have the changes of before the outage, and replicas that wrote meanwhile could not record theirs, if they still live.
      onReconnected: (mayHaveMissed) => void (mayHaveMissed ? this.#renewEpoch(this.#epochBefore) : this.#retry()),
    });
  }

  override current(tenant: string, tags: readonly string[]): Generation {
    const known = this.#knownOrNew(tenant);
    const id = known.generationOf(tags, this.#epoch.id);
    const dirtyId = this.#dirty.idOf(tenant, tags);
    // With both: a later write may be recorded while the mark of an earlier one remains.
    if (dirtyId !== undefined) return { id: `${dirtyId} ${id}`, isTrusted: false };
    const isOfSession = known.session === this.#session && this.#epoch.session === this.#session;
    const age = this.clock.monotonic() - known.confirmedAt;
    const isTrusted = isOfSession && age <= TRUST_MS && (this.registry.isListening || !this.registry.isAvailable);
    if (isTrusted && age > CONFIRM_AGAIN_MS) void this.#confirm(tenant);
    return { id, isTrusted };
  }

  override async confirmed(tenant: string, tags: readonly string[]): Promise<Generation> {
    const current = this.current(tenant, tags);
    if (current.isTrusted || this.#dirty.idOf(tenant, tags) !== undefined) return current;
    let confirmation = await this.#confirm(tenant);
    // Once only, as changes may never pause.
    if (confirmation === 'discarded') confirmation = await this.#confirm(tenant);
    const next = this.current(tenant, tags);
    // What Redis has just confirmed is true now, even if no messages arrive.
    const isConfirmed = confirmation === 'confirmed' && this.#dirty.idOf(tenant, tags) === undefined;
    return isConfirmed ? { id: next.id, isTrusted: true } : next;
  }

  override async renew(tenant: string, affected: Affected): Promise<void> {
    // With too many marks the epoch is renewed in place of one more.
    if (this.#dirty.size >= MAX_DIRTY) return this.#renewEpoch();
    await this.#record(tenant, affected, this.#dirty.add(tenant, affected));
  }

  #knownOrNew(tenant: string): KnownTenant {
    const known = this.#tenants.get(tenant);
    if (known) return known;
    const unknown = new KnownTenant();
    this.#tenants.set(tenant, unknown);
    return unknown;
  }

  #forgetEpoch(): void {
    this.#session += 1;
    this.#epoch = { id: randomUUID(), session: -1 };
  }

  /** The greatest of those seen; what was read in another one is not trusted. */
  #adoptEpoch(id: string): void {
    if (id > this.#greatestEpoch) this.#greatestEpoch = id;
    this.#session += 1;
    this.#epoch = { id: this.#greatestEpoch, session: this.#session };
  }

  #confirm(tenant: string): Promise<Confirmation> {
    const pending = this.#confirming.get(tenant);
    if (pending !== undefined) return pending;
    if (!this.registry.isAvailable || this.#epochMark !== undefined) return Promise.resolve('failed');
    const confirming = this.#read(tenant).finally(() => this.#confirming.delete(tenant));
    this.#confirming.set(tenant, confirming);
    return confirming;
  }

  async #read(tenant: string): Promise<Confirmation> {
    try {
      if (this.#epoch.session !== this.#session && !(await this.#readEpochOnce())) return 'failed';
      const known = this.#knownOrNew(tenant);
      const [session, confirmedAt] = [this.#session, this.clock.monotonic()];
      const expected = known.expectation(this.#greatest.get(tenant));
      const log = await this.registry.changesOf(tenant, known.head, this.#epoch.id);
      if (this.#tenants.peek(tenant) !== known || session !== this.#session) return 'discarded';
      if (log.epoch > this.#greatestEpoch) {
        this.#adoptEpoch(log.epoch);
        return 'discarded';
      }
      if (!expected(log)) {
        void this.renew(tenant, EVERYTHING);
        return 'failed';
      }
      known.read(log, session, confirmedAt);
      this.#see(tenant, log.newest.id);
      this.#keep(tenant, known);
      return 'confirmed';
    } catch {
      return 'failed';
    }
  }

  #readEpochOnce(): Promise<boolean> {
    this.#readingEpoch ??= this.#readEpoch().finally(() => {
      this.#readingEpoch = undefined;
    });
    return this.#readingEpoch;
  }

  /** Where messages may have been lost: else each tenant's record and the messages show a newer one. Resolves to whether it is known. */
  async #readEpoch(): Promise<boolean> {
    const session = this.#session;
    const id = await this.registry.epoch();
    if (session !== this.#session) return false;
    if (id < this.#greatestEpoch) {
      void this.#renewEpoch();
      return false;
    }
    this.#greatestEpoch = id;
    this.#epoch = { id, session };
    return true;
  }

  #learn(tenant: string, change: TagChange): void {
    this.#see(tenant, change.id);
    const known = this.#tenants.get(tenant);
    if (!known) return;
    known.learn(change);
    this.#keep(tenant, known);
  }

  /** Stores it again, as its size has changed. A tenant that is written and not read would grow without a limit. */
  #keep(tenant: string, known: KnownTenant): void {
    this.#tenants.delete(tenant);
    if (known.size <= MAX_TAGS_OF_TENANT) this.#tenants.set(tenant, known);
  }

  #see(tenant: string, id: string): void {
    if (id > (this.#greatest.get(tenant) ?? '')) this.#greatest.set(tenant, id);
  }

  async #record(tenant: string, affected: Affected, mark: string): Promise<void> {
    try {
      const [head, greatest] = [this.#tenants.peek(tenant)?.head, this.#greatest.get(tenant)];
      this.#learn(tenant, await this.registry.record(tenant, affected, { head, greatest }));
    } catch {
      void this.#retry();
      return;
    }
    this.#dirty.remove(tenant, mark);
  }

  async #renewEpoch(unlessNewerThan?: string): Promise<void> {
    const isOwnNeeded = this.#epochMark !== undefined && this.#epochMark.unlessNewerThan === undefined;
    this.#epochMark = { unlessNewerThan: isOwnNeeded ? undefined : unlessNewerThan };
    this.#forgetEpoch();
    if (this.clock.monotonic() < this.#renewedEpochAt + RENEWAL_MS) void this.#retry();
    else await this.#replaceEpoch(this.#epochMark);
  }

  async #replaceEpoch(mark: EpochMark): Promise<void> {
    this.#renewedEpochAt = this.clock.monotonic();
    try {
      this.#adoptEpoch(await this.registry.replaceEpoch(this.#greatestEpoch, mark.unlessNewerThan));
      if (this.#epochMark === mark) this.#epochMark = undefined;
    } catch {
      // Uncertain whether it was replaced: repeated.
    }
    void this.#retry();
  }

  /** Runs only while Redis is available, and again when it is available after an outage. */
  async #retry(): Promise<void> {
    if (this.#isRetrying) return;
    this.#isRetrying = true;
    while ((this.#dirty.size > 0 || this.#epochMark !== undefined) && this.registry.isAvailable) {
      const renewalInMs = this.#epochMark ? this.#renewedEpochAt + RENEWAL_MS - this.clock.monotonic() : 0;
      await this.clock.sleep(Math.max(RETRY_MS, renewalInMs));
      if (this.#epochMark !== undefined) await this.#replaceEpoch(this.#epochMark);
      for (const { tenant, id, affected } of this.#dirty.all()) await this.#record(tenant, affected, id);
    }
    this.#isRetrying = false;
  }
}

const sizeOf = (known: KnownTenant) => 1 + known.size;
