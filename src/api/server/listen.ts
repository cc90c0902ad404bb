import { ConfigError } from '../../config/config-error';
import type { VariableName } from '../../config/environment/variables';

/** What keeps a server from listening, as the person who configured it should read it. */
const EXPECTATIONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'a port that no other process listens on',
  EACCES: 'a port that this user may listen on',
};

/** Runs `listen`; where the port cannot be had, it rejects with a fault of the variable that names it. */
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
