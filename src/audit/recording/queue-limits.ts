/** What a queue may hold: in all, and of one owner, so that one tenant cannot take it from all others (N2). */
interface QueueLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

const IN_ALL: QueueLimits = { maxEntries: 20_000, maxBytes: 32 * 1024 * 1024 };
const OF_ONE: QueueLimits = { maxEntries: 10_000, maxBytes: 16 * 1024 * 1024 };
/** What an entry takes besides its text, in bytes. */
const OVERHEAD = 400;

interface Held {
  entries: number;
  bytes: number;
}

/** Counts what is queued, entries and bytes. The owners are those of queued entries, so there are no more of them. */
export class QueueQuota {
  readonly #all: Held = { entries: 0, bytes: 0 };
  readonly #owners = new Map<string, Held>();

  /** False where there is no space left for it. */
  take(owner: string, text: string): boolean {
    const held = this.#owners.get(owner) ?? { entries: 0, bytes: 0 };
    const bytes = bytesOf(text);
    if (!fits(this.#all, bytes, IN_ALL) || !fits(held, bytes, OF_ONE)) return false;
    this.#owners.set(owner, held);
    for (const one of [this.#all, held]) {
      one.entries += 1;
      one.bytes += bytes;
    }
    return true;
  }

  release(owner: string, text: string): void {
    const held = this.#owners.get(owner);
    if (!held) return;
    for (const one of [this.#all, held]) {
      one.entries -= 1;
      one.bytes -= bytesOf(text);
    }
    if (held.entries === 0) this.#owners.delete(owner);
  }
}

/** JavaScript keeps a text that is not Latin-1 in two bytes a character. */
export const bytesOf = (text: string): number => 2 * text.length + OVERHEAD;

function fits({ entries, bytes }: Held, more: number, { maxEntries, maxBytes }: QueueLimits): boolean {
  return entries < maxEntries && bytes + more <= maxBytes;
}
