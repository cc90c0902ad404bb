import { setFlagsFromString } from 'node:v8';

/** How much the heap may grow over what was in use after the last full collection. */
const GROWTH_PERCENT = 20;

/**
 * Makes full collections more frequent: V8 would let the heap double before it frees entries that the cache has dropped, and `CACHE_MEMORY_MB`
 * would say half of what the cache takes. For the whole process, so `start-sandbox.ts` calls it.
 */
export function limitHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
