/** A text that is not valid or exceeds a limit. `path`: names and indexes, where the error has one; contains no value. */
export class JsonError extends Error {
  override readonly name = 'JsonError';

  constructor(
    readonly kind: 'malformed' | 'repeated-member' | 'too-many-members',
    readonly path: readonly (string | number)[] = [],
  ) {
    super(`JSON: ${kind}`);
  }
}
