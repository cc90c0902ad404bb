import type { ReadFile } from './read-file';

/** `process.env`. An empty value counts as unset, as compose files pass empty values for unset names. */
export type Environment = Readonly<Record<string, string | undefined>>;

export const MAX_VALUE_BYTES = 64 * 1024;

/** The value that Kubernetes sets in every pod for a service: `SANDBOX_PORT=tcp://…` for a service called `sandbox`. */
const SERVICE_LINK = /^(tcp|udp|sctp):\/\//;

/**
 * The value of a variable; undefined when it is unset, empty or the link of a Kubernetes service. A byte order mark, copied with the
 * value from a file, is removed.
 */
export function valueInEnvironment(env: Environment, name: string): string | undefined {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value === undefined || (name.endsWith('_PORT') && SERVICE_LINK.test(value))) return undefined;
  return value.replace(/^\ufeff/, '') || undefined;
}

/** The content of a file with one value, without the newline at its end; undefined when unreadable or empty. */
export function valueInFile(readFile: ReadFile, path: string): string | undefined {
  try {
    return readFile(path, MAX_VALUE_BYTES).replace(/\r?\n$/, '') || undefined;
  } catch {
    return undefined;
  }
}
