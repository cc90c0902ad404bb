/** For how long one slice holds the event loop, in milliseconds, and what its last item takes. */
const SLICE_MS = 10;

/**
 * `items.map(work)`, with a pause between slices in which others get the event loop. What is done within one slice has no pause.
 * `now`: milliseconds of the real clock, as the event loop is real in tests too.
 */
export async function mapInSlices<T, R>(
  items: readonly T[],
  work: (item: T) => R,
  now: () => number = () => performance.now(),
): Promise<R[]> {
  const results: R[] = [];
  let end = now() + SLICE_MS;
  for (const item of items) {
    results.push(work(item));
    if (now() < end) continue;
    await new Promise(setImmediate);
    end = now() + SLICE_MS;
  }
  return results;
}
