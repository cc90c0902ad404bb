/** Limits of a text, so that no rule has to be fast with large values. */
export interface JsonLimits {
  /** Nested containers. */
  readonly maxDepth: number;
  /** Members of one object. */
  readonly maxMembers: number;
  /** Elements of one array. */
  readonly maxElements: number;
}
