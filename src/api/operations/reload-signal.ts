/**
 * SIGHUP, which ends a process that does not listen to it. Made before anything else is loaded, as `StopSignals` is: a signal during
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

  /** Calls `listener` for each signal from here on, and at once for one that came before. */
  listen(listener: () => void): void {
    this.#listener = listener;
    if (this.#isPending) listener();
    this.#isPending = false;
  }
}
