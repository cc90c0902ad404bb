/** A dependency of Stagedoor, and whether it fails now. */
export interface Dependency {
  readonly name: 'redis' | 'audit' | 'hubster' | 'tenants';
  readonly isDegraded: () => boolean;
}

/** The failing dependencies: readiness reports them as `degraded`, and still responds with 200. */
export class Readiness {
  constructor(private readonly dependencies: readonly Dependency[]) {}

  now(): readonly Dependency['name'][] {
    return this.dependencies.filter(({ isDegraded }) => isDegraded()).map(({ name }) => name);
  }
}
