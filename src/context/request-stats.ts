/** The work done for a request so far: for `Server-Timing`, the access log and the audit record. */
export class RequestStats {
  /** Attempts sent to Hubster. */
  attempts = 0;
  /** Milliseconds spent waiting for Hubster. */
  milliseconds = 0;
  /** Milliseconds of a read without those spent waiting for Hubster; absent for a request that did not use the cache. */
  cacheMilliseconds?: number;
  /** Audit intents written; a rejected write without one is recorded as rejected. */
  intents = 0;
}
