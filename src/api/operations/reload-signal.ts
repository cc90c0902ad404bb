/**
 * SIGHUP, which ends a process without a listener for it. Created before anything else is loaded, as `StopSignals` is: a signal during
 * the start is remembered, and several count as one.
 */
export class ReloadSignal {
  #isPending = false;
  #listener: (() => void) | undefined;

  constructor() {
    process.on('SIGHUP', () => {
      if (this.#listener) this.#listener();
      else this.#isPending = true;
    });
  }

  /** Calls `listener` for each signal from now on, and immediately for an earlier one. */
  listen(listener: () => void): void {
    this.#listener = listener;
    if (this.#isPending) listener();
    this.#isPending = false;
  }
}
