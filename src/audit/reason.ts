import { types } from 'node:util';

/** What may be logged of a store's failure: its code (`ENOSPC`), else its kind. Never its text, which may quote anything. */
export function reasonOf(error: unknown): string {
  if (!types.isNativeError(error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
