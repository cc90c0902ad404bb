/** One thing that is wrong with the configuration: where, and what was expected there. Never what was found (N1). */
export interface ConfigFault {
  /** A variable, or a place in the tenants file such as `tenants[0].hubs[1] (line 12)`. */
  readonly name: string;
  readonly expected: string;
}

/** All faults of a configuration at once; the process does not start with one. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly ConfigFault[]) {
    super(faults.map(({ name, expected }) => `${name}: expected ${expected}`).join('\n'));
  }
}
