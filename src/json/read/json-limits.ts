/** What is read of a text: the more of it at one place, the longer a reader would hold up everybody else. */
export interface JsonLimits {
  /** How many containers may stand in one another. */
  readonly maxDepth: number;
  /** How many members an object may have. */
  readonly maxMembers: number;
  /** How many elements an array may have. */
  readonly maxElements: number;
}
