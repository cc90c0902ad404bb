/** For how long one slice holds the event loop, in milliseconds, and what its last step takes. */
const SLICE_MS = 10;

/** Lets others get the event loop. */
export function pause(): Promise<void> {
  return new Promise(setImmediate);
}

/**
 * Runs a generator to its end and resolves to what it returns. Between slices of its steps others get the event loop; one step has no pause.
 * `now`: milliseconds of the real clock, as the event loop is real in tests too.
 */
export async function runInSlices<T>(
  steps: Generator<void, T>,
  now: () => number = () => performance.now(),
): Promise<T> {
  let end = now() + SLICE_MS;
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    if (now() < end) continue;
    await pause();
    end = now() + SLICE_MS;
  }
}
