import { randomUUID } from 'node:crypto';
import { type Affected, isAffected } from './tenant-changes';

interface DirtyMark {
  readonly tenant: string;
  /** The generation of what the write affects, while the mark is there. */
  readonly id: string;
  readonly affected: Affected;
}

/** Writes of this process that Redis does not have yet. Until then what Redis says about the affected responses is ignored. */
export class DirtyMarks {
  readonly #tenants = new Map<string, Map<string, DirtyMark>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Returns the id of the mark. */
  add(tenant: string, affected: Affected): string {
    const mark = { tenant, id: `dirty ${randomUUID()}`, affected };
    const marks = this.#tenants.get(tenant) ?? new Map();
    this.#tenants.set(tenant, marks.set(mark.id, mark));
    this.#size += 1;
    return mark.id;
  }

  remove(tenant: string, id: string): void {
    const marks = this.#tenants.get(tenant);
    if (!marks?.delete(id)) return;
    this.#size -= 1;
    if (marks.size === 0) this.#tenants.delete(tenant);
  }

  /** The id of the newest mark that concerns a response with these tags. */
  idOf(tenant: string, tags: readonly string[]): string | undefined {
    const marks = this.#tenants.get(tenant);
    if (marks === undefined) return undefined;
    let newest: string | undefined;
    for (const { id, affected } of marks.values()) if (isAffected(tags, affected)) newest = id;
    return newest;
  }

  all(): readonly DirtyMark[] {
    return [...this.#tenants.values()].flatMap((marks) => [...marks.values()]);
  }
}
