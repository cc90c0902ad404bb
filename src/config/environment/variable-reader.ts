import type { ConfigViolation } from '../config';
import { fileReader, type ReadFile } from './read-file';
import { CONFIG_VARIABLES, type VariableName, type VariableValues } from './variables';

/** `process.env`. An empty value counts as unset, as compose files pass empty values for unset names. */
export type Environment = Readonly<Record<string, string | undefined>>;

const MAX_VALUE_BYTES = 64 * 1024;

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

/** Their names in lower case are as common, and other programs read those first. */
const IN_BOTH_CASES: ReadonlySet<string> = new Set<VariableName>(['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']);

/** Reads variables and collects their violations. Read each name once, as each reading adds its violations. */
export class VariableReader {
  readonly violations: ConfigViolation[] = [];

  constructor(
    private readonly env: Environment,
    private readonly readFile: ReadFile,
  ) {}

  /** Whether the variable or its `_FILE` form is set, valid or not. */
  isSet(name: VariableName): boolean {
    return [name, `${name}_FILE`].some((each) => valueInEnvironment(this.env, each) !== undefined);
  }

  /** The path in the `_FILE` form of the variable; undefined when it is unset. */
  fileOf(name: VariableName): string | undefined {
    return valueInEnvironment(this.env, `${name}_FILE`);
  }

  /** The value of the variable, or its default when it is unset or invalid. */
  read<N extends VariableName>(name: N): VariableValues[N] {
    const { type, fallback } = CONFIG_VARIABLES[name];
    const text = this.#text(name);
    if (text === undefined) return fallback;
    const value = type.parse(text);
    if (value === undefined) this.violation(name, type.expected);
    return value ?? fallback;
  }

  /**
   * The value, which the returned function reads again from the file of the `_FILE` form. While the file is missing or invalid, or is not
   * a regular file, the value is the last one.
   */
  readAgain<N extends VariableName>(name: N): () => VariableValues[N] {
    const { type } = CONFIG_VARIABLES[name];
    const path = this.fileOf(name);
    let value = this.read(name);
    let last: string | undefined;
    return () => {
      const text = path === undefined || value === undefined ? undefined : valueInFile(fileReader(0), path);
      if (text === undefined || text === last) return value;
      last = text;
      value = type.parse(text) ?? value;
      return value;
    };
  }

  violation(name: string, expected: string): void {
    this.violations.push({ name, expected });
  }

  #text(name: VariableName): string | undefined {
    const fileName = `${name}_FILE`;
    const [own, path] = [name, fileName].map((each) => valueInEnvironment(this.env, each));
    const value = (IN_BOTH_CASES.has(name) ? valueInEnvironment(this.env, name.toLowerCase()) : undefined) ?? own;
    if (path === undefined) return value;
    if (value !== undefined) {
      this.violation(name, `either ${name} or ${fileName}, not both`);
      return undefined;
    }
    const text = valueInFile(this.readFile, path);
    if (text === undefined)
      this.violation(fileName, 'the path of a file with the value: readable, UTF-8, of at most 64 KiB');
    return text;
  }
}
