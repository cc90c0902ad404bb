import type { Clock } from '../../clock/clock';

interface TimeoutOptions {
  readonly ms: number;
  readonly signal?: AbortSignal | undefined;
}

/** Resolves to the value of `promise`, or to undefined if the time is over or the signal aborts first. Does not end the work behind it. */
export function withTimeout<T>(
  clock: Clock,
  { ms, signal }: TimeoutOptions,
  promise: Promise<T>,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timeOut = () => {
      stop();
      resolve(undefined);
    };
    const cancel = clock.after(ms, timeOut);
    const stop = () => {
      cancel();
      signal?.removeEventListener('abort', timeOut);
    };
    if (signal?.aborted) timeOut();
    else signal?.addEventListener('abort', timeOut);
    promise.then(resolve, reject).finally(stop);
  });
}
