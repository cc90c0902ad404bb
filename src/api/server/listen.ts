import { ConfigError } from '../../config/config';
import type { VariableName } from '../../config/environment/variables';

/** By Node's error code, the expected value of the variable. */
const EXPECTATIONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'a port that no other process listens on',
  EACCES: 'a port that this user may listen on',
};

/** Runs `listen`. If the port is not available, rejects with a `ConfigError` for the variable that names it. */
export async function listening<T>(variable: VariableName, listen: () => Promise<T>): Promise<T> {
  try {
    return await listen();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const expected = EXPECTATIONS[code];
    if (expected !== undefined) throw new ConfigError([{ name: variable, expected }]);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new ConfigError([{ name: 'HOST', expected: 'an address of this machine' }]);
    }
    throw error;
  }
}
