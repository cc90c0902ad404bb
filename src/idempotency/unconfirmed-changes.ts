import type { Clock } from '../clock/clock';

const PAUSE_MS = 200;
/** Each holds the texts of one key, of at most 32 KiB. */
const MAX_CHANGES = 1_000;

/**
 * Changes of keys that the store did not confirm. Each is tried again until it is confirmed, as its key would stay "running" otherwise: until
 * then the caller gets `idempotency-running`. A change that has taken effect already changes nothing when it is repeated.
 */
export class UnconfirmedChanges {
  readonly #stop = new AbortController();
  /** Each with the time on the monotonic clock after which it is given up. */
  readonly #changes = new Map<() => Promise<unknown>, number>();
  #isRunning = false;

  constructor(
    private readonly clock: Clock,
    private readonly forMs: number,
  ) {}

  /** Runs in the background. */
  repeat(change: () => Promise<unknown>): void {
    if (this.#changes.size >= MAX_CHANGES) return;
    this.#changes.set(change, this.clock.monotonic() + this.forMs);
    if (!this.#isRunning) void this.#run();
  }

  close(): void {
    this.#stop.abort();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#changes.size > 0) {
      await this.clock.sleep(PAUSE_MS, this.#stop.signal).catch(() => this.#changes.clear());
      await Promise.all([...this.#changes].map(([change, end]) => this.#try(change, end)));
    }
    this.#isRunning = false;
  }

  async #try(change: () => Promise<unknown>, end: number): Promise<void> {
    const isConfirmed = await change().then(
      () => true,
      () => false,
    );
    if (isConfirmed || this.clock.monotonic() >= end) this.#changes.delete(change);
  }
}
