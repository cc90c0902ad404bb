/** What shells report of a process that a signal has ended. */
const EXIT_STATUS = { SIGTERM: 143, SIGINT: 130, SIGQUIT: 131 } as const;

/**
 * The signals that end the process. Made before anything else is loaded: as the first process of a container it would miss a signal
 * that it does not listen to. The first one asks for an orderly stop, during the start too; the second ends the process at once.
 */
export class StopSignals {
  readonly #first = new AbortController();

  /** `endNow`: saves what can be saved in a moment; never rejects. */
  constructor(endNow: () => Promise<void>) {
    for (const name of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) {
      process.on(name, () => {
        if (!this.#first.signal.aborted) this.#first.abort();
        else void endNow().then(() => process.exit(EXIT_STATUS[name]));
      });
    }
  }

  /** Aborted by the first signal. */
  get first(): AbortSignal {
    return this.#first.signal;
  }

  /** Resolves with the first signal. */
  get received(): Promise<void> {
    return new Promise((resolve) => {
      if (this.first.aborted) resolve();
      else this.first.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}
