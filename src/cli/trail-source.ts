import type { DatabaseSource } from '../audit/postgres/connect';
import { ConfigError } from '../config/config';
import { addressOf } from '../config/environment/database-url';
import { fileReader } from '../config/environment/read-file';
import { VariableReader } from '../config/environment/variable-reader';
import { Secret } from '../secrets/secret';
import { CommandFailure, EXIT_USAGE } from './failure';

/** Where an audit trail is. */
export type TrailSource = { readonly directory: string } | { readonly database: DatabaseSource };

const DATABASE = /^postgres(ql)?:/;

/** Variables of the environment. Those that are invalid end the command, all of them named, without a value. */
export function variablesOf<T>(read: (variables: VariableReader) => T): T {
  const variables = new VariableReader(process.env, fileReader());
  const values = read(variables);
  if (variables.violations.length > 0) {
    throw new CommandFailure(EXIT_USAGE, new ConfigError(variables.violations).message);
  }
  return values;
}

/** The trail at a place that an argument names: a directory, or a database by its URL. Without one it is where the environment says. */
export function trailSource(place: string | undefined): TrailSource {
  if (place !== undefined && !DATABASE.test(place)) return { directory: place };
  return variablesOf((variables) => {
    if (place !== undefined || variables.isSet('AUDIT_DATABASE_URL')) {
      return { database: databaseIn(variables, place) };
    }
    if (variables.isSet('AUDIT_DIR')) return { directory: variables.read('AUDIT_DIR') };
    throw new CommandFailure(EXIT_USAGE, 'Which trail? Name its directory, or set AUDIT_DATABASE_URL or AUDIT_DIR.');
  });
}

/** The database that the environment names. */
export function databaseSource(): DatabaseSource {
  return variablesOf((variables) => databaseIn(variables));
}

function databaseIn(variables: VariableReader, place?: string): DatabaseSource {
  const url = place === undefined ? variables.read('AUDIT_DATABASE_URL') : Secret.of(place);
  const ca = variables.read('AUDIT_DATABASE_CA');
  if (url && addressOf(url.reveal())) return { url, ...(ca !== undefined && { ca }) };
  throw new CommandFailure(
    EXIT_USAGE,
    'AUDIT_DATABASE_URL (or AUDIT_DATABASE_URL_FILE) has to be the URL of the database.',
  );
}
