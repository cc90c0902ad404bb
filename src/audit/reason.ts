import { types } from 'node:util';

/** The code of a store's failure (`ENOSPC`), or its name, for the log. Never its message, which may quote anything. */
export function reasonOf(error: unknown): string {
  if (!types.isNativeError(error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
