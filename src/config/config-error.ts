/** One thing that is wrong with the configuration: where, and what was expected there. Never what was found (N1). */
export interface ConfigViolation {
  /** A variable, or a location in the tenants file such as `tenants[0].hubs[1] (line 12)`. */
  readonly name: string;
  readonly expected: string;
}

/** All violations of a configuration at once; the process does not start with one. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly violations: readonly ConfigViolation[]) {
    super(violations.map(({ name, expected }) => `${name}: expected ${expected}`).join('\n'));
  }
}
