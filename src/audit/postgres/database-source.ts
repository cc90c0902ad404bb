import { addressOf } from '../../config/environment/database-url';
import { fileReader } from '../../config/environment/read-file';
import { type Environment, VariableReader } from '../../config/environment/variable-reader';
import { Secret } from '../../secrets/secret';
import type { DatabaseSource } from './connect';

/** The database that the environment names, or the one at `url`, for a command; undefined if there is none or a variable is invalid. */
export function databaseFrom(env: Environment, url?: string): DatabaseSource | undefined {
  const variables = new VariableReader(env, fileReader());
  const named = url === undefined ? variables.read('AUDIT_DATABASE_URL') : Secret.of(url);
  const ca = variables.read('AUDIT_DATABASE_CA');
  if (!named || !addressOf(named.reveal()) || variables.violations.length > 0) return undefined;
  return { url: named, ...(ca !== undefined && { ca }) };
}
