/** Something that Stagedoor leans on, and whether it is in trouble now. */
export interface Leaning {
  readonly name: 'redis' | 'audit' | 'hubster' | 'tenants';
  readonly isInTrouble: () => boolean;
}

/** What is in trouble: reported by readiness as `degraded`, never a reason to take the process out. */
export class Troubles {
  constructor(private readonly leanings: readonly Leaning[]) {}

  now(): readonly Leaning['name'][] {
    return this.leanings.filter(({ isInTrouble }) => isInTrouble()).map(({ name }) => name);
  }
}
