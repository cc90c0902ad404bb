/** Something that Stagedoor leans on, and whether it is in trouble now. */
export interface Dependency {
  readonly name: 'redis' | 'audit' | 'hubster' | 'tenants';
  readonly isDegraded: () => boolean;
}

/** What is in trouble: reported by readiness as `degraded`, never a reason to take the process out. */
export class Readiness {
  constructor(private readonly dependencies: readonly Dependency[]) {}

  now(): readonly Dependency['name'][] {
    return this.dependencies.filter(({ isDegraded }) => isDegraded()).map(({ name }) => name);
  }
}
