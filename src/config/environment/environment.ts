import type { ReadFile } from './read-file';

/** Names and values as `process.env` has them. An empty value counts as none: compose files pass those for unset names. */
export type Environment = Readonly<Record<string, string | undefined>>;

export const MAX_VALUE_BYTES = 64 * 1024;

/** What Kubernetes sets in every pod for a service: `SANDBOX_PORT=tcp://…` for one called `sandbox`. */
const SERVICE_LINK = /^(tcp|udp|sctp):\/\//;

/**
 * The value of a name; undefined when it is unset, empty or the link of a Kubernetes service of that name. A byte order mark comes
 * from the file it was copied from.
 */
export function valueInEnvironment(env: Environment, name: string): string | undefined {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value === undefined || (name.endsWith('_PORT') && SERVICE_LINK.test(value))) return undefined;
  return value.replace(/^\ufeff/, '') || undefined;
}

/** The text of a file that holds one value, without the newline editors end it with; undefined when unreadable or empty. */
export function valueInFile(readFile: ReadFile, path: string): string | undefined {
  try {
    return readFile(path, MAX_VALUE_BYTES).replace(/\r?\n$/, '') || undefined;
  } catch {
    return undefined;
  }
}
