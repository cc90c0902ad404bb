import { randomUUID } from 'node:crypto';
import type { ChangeLog } from './generation-registry';
import { EVERYTHING, type TagChange, TenantChanges } from './tenant-changes';

/** What a replica knows of the changes of a tenant: those it has read from the registry, and those it has learnt since. */
export class KnownTenant {
  /** The generation of all responses until the registry has been read. */
  #localId: string = randomUUID();
  #changes: TenantChanges | undefined;
  /** Own changes and those of messages that were not read from the registry yet, by id. */
  readonly #unread = new Map<string, TagChange>();
  #head: TagChange | undefined;
  /** Nearly all tags have the same one: hits then compare one string with itself. */
  #last = { newest: '', epoch: '', generation: '' };
  #session = -1;
  #confirmedAt = Number.NEGATIVE_INFINITY;

  /** The newest change that was read from the registry. */
  get head(): TagChange | undefined {
    return this.#head;
  }

  /** See `SharedGenerations.#session`; -1 before the first reading. */
  get session(): number {
    return this.#session;
  }

  /** When the last reading began, on the monotonic clock. */
  get confirmedAt(): number {
    return this.#confirmedAt;
  }

  /** Number of changes. */
  get size(): number {
    return (this.#changes?.size ?? 0) + this.#unread.size;
  }

  /** The generation of responses with these tags, in this epoch. */
  generationOf(tags: readonly string[], epoch: string): string {
    const newest = this.#changes?.newestOf(tags) ?? this.#localId;
    if (newest !== this.#last.newest || epoch !== this.#last.epoch)
      this.#last = { newest, epoch, generation: `${epoch}.${newest}` };
    return this.#last.generation;
  }

  /** An own change, or one of a message. */
  learn(change: TagChange): void {
    if (change.affected === EVERYTHING) {
      // Nothing before it matters any more, nor whether the registry still has it.
      for (const id of this.#unread.keys()) if (id < change.id) this.#unread.delete(id);
      if (this.#head && this.#head.id < change.id) this.#head = undefined;
    }
    if (this.#changes) this.#changes.apply(change);
    else this.#localId = randomUUID();
    if (!this.#head || change.id > this.#head.id) this.#unread.set(change.id, change);
  }

  /**
   * What a reading that begins now has to show. The returned function is false for a registry that has lost a change, as after a failover
   * to a server that lagged behind.
   */
  expectation(greatest = ''): (log: ChangeLog) => boolean {
    const head = this.#head;
    const expected = [...this.#unread.keys()];
    return ({ changes, hasAfter, oldest, newest }) => {
      if (newest.id < greatest || (head && !hasAfter)) return false;
      const ids = new Set(changes.map(({ id }) => id));
      return expected.every((id) => ids.has(id) || id <= oldest);
    };
  }

  read({ changes, oldest, newest }: ChangeLog, session: number, confirmedAt: number): void {
    this.#changes ??= new TenantChanges(oldest);
    this.#changes.forgetUntil(oldest);
    for (const change of changes) {
      this.#changes.apply(change);
      this.#unread.delete(change.id);
    }
    for (const change of this.#unread.values()) {
      this.#changes.apply(change);
      if (change.id <= oldest) this.#unread.delete(change.id);
    }
    this.#head = newest;
    this.#session = session;
    this.#confirmedAt = confirmedAt;
  }
}
