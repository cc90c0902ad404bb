import { setFlagsFromString } from 'node:v8';

/** How much the heap may grow beyond its size after the last full collection. */
const GROWTH_PERCENT = 20;

/**
 * Makes full collections more frequent. By default V8 lets the heap double before it frees dropped entries, so that the cache takes twice
 * `CACHE_MEMORY_MB`. Applies to the whole process, so `main.ts` calls it.
 */
export function limitHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
