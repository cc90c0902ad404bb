import type { ConfigViolation } from '../config-error';
import { type Environment, valueInEnvironment, valueInFile } from './environment';
import type { ReadFile } from './read-file';
import { CONFIG_VARIABLES, type VariableName, type VariableValues } from './variables';

/** Reads variables one by one and gathers what is wrong with them. Read each name once, as each reading tells its violations. */
export class VariableReader {
  readonly violations: ConfigViolation[] = [];

  constructor(
    private readonly env: Environment,
    private readonly readFile: ReadFile,
  ) {}

  /** Whether the name, or its `_FILE` form, is given at all, right or wrong. */
  isSet(name: VariableName): boolean {
    return [name, `${name}_FILE`].some((each) => valueInEnvironment(this.env, each) !== undefined);
  }

  /** The variable's value, or its default when it is unset or faulty. */
  read<N extends VariableName>(name: N): VariableValues[N] {
    const { kind, fallback } = CONFIG_VARIABLES[name];
    const text = this.#text(name);
    if (text === undefined) return fallback;
    const value = kind.parse(text);
    if (value === undefined) this.violation(name, kind.expected);
    return value ?? fallback;
  }

  violation(name: string, expected: string): void {
    this.violations.push({ name, expected });
  }

  #text(name: VariableName): string | undefined {
    const fileName = `${name}_FILE`;
    const [value, path] = [name, fileName].map((each) => valueInEnvironment(this.env, each));
    if (path === undefined) return value;
    if (value !== undefined) {
      this.violation(name, `either ${name} or ${fileName}, not both`);
      return undefined;
    }
    const text = valueInFile(this.readFile, path);
    if (text === undefined)
      this.violation(fileName, 'the path of a file that holds the value: readable, UTF-8, of at most 64 KiB');
    return text;
  }
}
