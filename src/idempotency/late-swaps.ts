import type { Clock } from '../clock/clock';
import type { Finality, FoundTexts, IdempotencyStore, KeyLocation, Texts } from './idempotency-store';

const TRY_EVERY_MS = 500;
/** Keys at most, each with up to 16 KiB; what is beyond it stays as it is until it counts as abandoned. */
const MAX_SWAPS = 1_000;
/** A command that seemed lost may still be carried out, so a swap that found other texts is tried once more after a pause. */
const TRIES_WITHOUT_EFFECT = 3;

interface LateSwap {
  readonly location: KeyLocation;
  readonly from: FoundTexts;
  readonly to: Texts | undefined;
  readonly finality: Finality | undefined;
  /** After this time the key counts as abandoned anyway, on the monotonic clock. */
  readonly until: number;
  withoutEffect: number;
}

/**
 * Swaps of texts that could not be made, or may have been, as the store was away at the end of a run: without them the key would stay
 * "running" long after the store is back.
 */
export class LateSwaps {
  readonly #swaps = new Set<LateSwap>();
  readonly #stop = new AbortController();
  #isTrying = false;

  constructor(
    private readonly store: IdempotencyStore,
    private readonly clock: Clock,
    private readonly forMs: number,
  ) {}

  add(location: KeyLocation, from: FoundTexts, to: Texts | undefined, finality?: Finality): void {
    if (this.#swaps.size >= MAX_SWAPS || this.#stop.signal.aborted) return;
    this.#swaps.add({ location, from, to, finality, until: this.clock.monotonic() + this.forMs, withoutEffect: 0 });
    if (!this.#isTrying) void this.#tryAll();
  }

  /** The keys of what is left count as abandoned after a minute. */
  stop(): void {
    this.#stop.abort();
    this.#swaps.clear();
  }

  async #tryAll(): Promise<void> {
    this.#isTrying = true;
    while (this.#swaps.size > 0) {
      await this.clock.sleep(TRY_EVERY_MS, this.#stop.signal).catch(() => undefined);
      for (const swap of [...this.#swaps]) {
        const isMade = await this.store.swap(swap.location, swap.from, swap.to, swap.finality).catch(() => undefined);
        if (isMade === false) swap.withoutEffect += 1;
        const isOver = swap.withoutEffect >= TRIES_WITHOUT_EFFECT || this.clock.monotonic() > swap.until;
        if (isMade || isOver) this.#swaps.delete(swap);
        // The store is away, so the others would fail as well.
        if (isMade === undefined) break;
      }
    }
    this.#isTrying = false;
  }
}
