/** What a request has caused so far: for `Server-Timing`, its log line and its audit record. */
export class RequestStats {
  /** Attempts sent to Hubster. */
  attempts = 0;
  /** Milliseconds spent waiting for Hubster. */
  milliseconds = 0;
  /** Milliseconds that a read took beside waiting for Hubster; absent for what the cache was not asked for. */
  cacheMilliseconds?: number;
  /** Audit intents opened; a refused write that opened none is recorded as refused. */
  intents = 0;
}
