/** A text that is not read. Where a place in it can be named, its path of names and indexes; never a value. */
export class JsonError extends Error {
  override readonly name = 'JsonError';

  constructor(
    readonly kind: 'malformed' | 'repeated-member' | 'too-many-members',
    readonly path: readonly (string | number)[] = [],
  ) {
    super(`JSON: ${kind}`);
  }
}
