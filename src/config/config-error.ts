/** One violation of the configuration: the place and the expected value, never the value that was found (N1). */
export interface ConfigViolation {
  /** A variable, or a location in the tenants file such as `tenants[0].hubs[1] (line 12)`. */
  readonly name: string;
  readonly expected: string;
}

/** All violations of a configuration at once. The process does not start with an invalid configuration. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly violations: readonly ConfigViolation[]) {
    super(violations.map(({ name, expected }) => `${name}: expected ${expected}`).join('\n'));
  }
}
