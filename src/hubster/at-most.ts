import type { Clock } from '../clock/clock';

interface Patience {
  readonly ms: number;
  readonly signal?: AbortSignal | undefined;
}

/** What `promise` resolves to; undefined when the time is over or the signal aborts first. The promise itself goes on. */
export async function atMost<T>(clock: Clock, { ms, signal }: Patience, promise: Promise<T>): Promise<T | undefined> {
  const isDone = new AbortController();
  const ends = signal ? AbortSignal.any([isDone.signal, signal]) : isDone.signal;
  try {
    const isOver = clock.sleep(ms, ends).then(nothing, nothing);
    return await Promise.race([promise, isOver]);
  } finally {
    isDone.abort();
  }
}

const nothing = () => undefined;
