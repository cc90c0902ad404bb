/** The exit code that shells report for a process that a signal has ended. */
const EXIT_STATUS = { SIGTERM: 143, SIGINT: 130, SIGQUIT: 131 } as const;

/**
 * The signals that end the process. Created before anything else is loaded: the first process of a container ignores signals without a
 * listener. The first signal requests an orderly stop, during the start too; the second ends the process immediately.
 */
export class StopSignals {
  readonly #first = new AbortController();

  /** `endNow`: called before an immediate end; never rejects. */
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

/**
 * SIGHUP (read the tenants file again) or SIGUSR2 (change the log level), which end a process without a listener for them. Created before
 * anything else is loaded, as `StopSignals` is: a signal during the start is remembered, and several count as one.
 */
export class RememberedSignal {
  #isPending = false;
  #listener: (() => void) | undefined;

  constructor(name: 'SIGHUP' | 'SIGUSR2') {
    process.on(name, () => {
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
