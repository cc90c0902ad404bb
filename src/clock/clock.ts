interface TimeoutOptions {
  readonly ms: number;
  readonly signal?: AbortSignal | undefined;
}

/** The only source of time, so that tests can control it. */
export abstract class Clock {
  /** Milliseconds since the epoch. */
  abstract now(): number;

  /** Milliseconds from an arbitrary start; never decreases. For durations and deadlines. */
  abstract monotonic(): number;

  /** Runs the task after `ms` milliseconds. The returned function cancels it. */
  abstract after(ms: number, task: () => void): () => void;

  /** Resolves after `ms` milliseconds, or rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = () => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      // Once: Node 20 keeps a signal of `AbortSignal.any` for good while it has a listener.
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  /** Resolves to the value of `promise`, or to undefined if the time is over or the signal aborts first. Does not end the work behind it. */
  withTimeout<T>(promise: Promise<T>, { ms, signal }: TimeoutOptions): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const timeOut = () => {
        stop();
        resolve(undefined);
      };
      const cancel = this.after(ms, timeOut);
      const stop = () => {
        cancel();
        signal?.removeEventListener('abort', timeOut);
      };
      if (signal?.aborted) timeOut();
      else signal?.addEventListener('abort', timeOut);
      promise.then(resolve, reject).finally(stop);
    });
  }
}

export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  after(ms: number, task: () => void): () => void {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  }
}
