/** The size of a queue, and the share of one owner, so that one tenant cannot use up the whole queue (N2). */
interface QueueLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

const IN_ALL: QueueLimits = { maxEntries: 20_000, maxBytes: 32 * 1024 * 1024 };
const OF_OWNER: QueueLimits = { maxEntries: 10_000, maxBytes: 16 * 1024 * 1024 };
/** The memory of an entry besides its text, in bytes. */
const OVERHEAD = 400;

interface Usage {
  entries: number;
  bytes: number;
}

/** Counts queued entries and their bytes, in all and by owner. An owner without queued entries is forgotten. */
export class QueueQuota {
  readonly #all: Usage = { entries: 0, bytes: 0 };
  readonly #owners = new Map<string, Usage>();

  get inAll(): Readonly<Usage> {
    return this.#all;
  }

  /** Counts an entry; false if it does not fit. */
  add(owner: string, text: string): boolean {
    const usage = this.#owners.get(owner) ?? { entries: 0, bytes: 0 };
    const bytes = bytesOf(text);
    if (!fits(this.#all, bytes, IN_ALL) || !fits(usage, bytes, OF_OWNER)) return false;
    this.#owners.set(owner, usage);
    for (const counted of [this.#all, usage]) {
      counted.entries += 1;
      counted.bytes += bytes;
    }
    return true;
  }

  remove(owner: string, text: string): void {
    const usage = this.#owners.get(owner);
    if (!usage) return;
    for (const counted of [this.#all, usage]) {
      counted.entries -= 1;
      counted.bytes -= bytesOf(text);
    }
    if (usage.entries === 0) this.#owners.delete(owner);
  }
}

/** JavaScript stores a text that is not Latin-1 with two bytes a character. */
export const bytesOf = (text: string): number => 2 * text.length + OVERHEAD;

function fits({ entries, bytes }: Usage, more: number, { maxEntries, maxBytes }: QueueLimits): boolean {
  return entries < maxEntries && bytes + more <= maxBytes;
}
