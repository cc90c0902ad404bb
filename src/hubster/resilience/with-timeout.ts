import type { Cancellation } from '../../clock/cancellation';
import type { Clock } from '../../clock/clock';

interface TimeoutOptions {
  readonly ms: number;
  readonly signal?: Cancellation | undefined;
}

/** What `promise` resolves to; undefined when the time is over or the signal aborts first. The promise itself goes on. */
export function withTimeout<T>(
  clock: Clock,
  { ms, signal }: TimeoutOptions,
  promise: Promise<T>,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      stop();
      resolve(undefined);
    };
    const cancel = clock.after(ms, giveUp);
    const stop = () => {
      cancel();
      signal?.removeEventListener('abort', giveUp);
    };
    if (signal?.aborted) giveUp();
    else signal?.addEventListener('abort', giveUp);
    promise.then(resolve, reject).finally(stop);
  });
}
