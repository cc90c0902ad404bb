import type { Clock } from '../clock/clock';

/** A connection that Redis has closed, as an idle one, is replaced within this time, in milliseconds; if not, Redis was away. */
const CONTINUED_WITHIN_MS = 1_000;

/** The interruptions of a connection, and who is notified of them. */
export class Interruptions {
  readonly #onInterrupted: (() => void)[] = [];
  readonly #onReconnected: ((isContinued: boolean) => void)[] = [];
  /** The interruption of now. `wasClosed`: Redis closed the connection; if not, it was silent for some time before. */
  #current: { readonly at: number; readonly wasClosed: boolean } | undefined;

  constructor(private readonly clock: Clock) {}

  get isInterrupted(): boolean {
    return this.#current !== undefined;
  }

  onInterrupted(listener: () => void): void {
    this.#onInterrupted.push(listener);
  }

  onReconnected(listener: (isContinued: boolean) => void): void {
    this.#onReconnected.push(listener);
  }

  begin(wasClosed: boolean): void {
    if (this.#current) return;
    this.#current = { at: this.clock.monotonic(), wasClosed };
    for (const listener of this.#onInterrupted) listener();
  }

  /** Does nothing where there is no interruption. */
  end(isSameServer: boolean): void {
    if (!this.#current) return;
    const { at, wasClosed } = this.#current;
    const isContinued = isSameServer && wasClosed && this.clock.monotonic() - at < CONTINUED_WITHIN_MS;
    this.#current = undefined;
    for (const listener of this.#onReconnected) listener(isContinued);
  }
}
