import type { ConfigViolation } from '../config-error';
import { type Environment, valueInEnvironment, valueInFile } from './environment';
import type { ReadFile } from './read-file';
import { CONFIG_VARIABLES, type VariableName, type VariableValues } from './variables';

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

  /** The value of the variable, or its default when it is unset or invalid. */
  read<N extends VariableName>(name: N): VariableValues[N] {
    const { type, fallback } = CONFIG_VARIABLES[name];
    const text = this.#text(name);
    if (text === undefined) return fallback;
    const value = type.parse(text);
    if (value === undefined) this.violation(name, type.expected);
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
      this.violation(fileName, 'the path of a file with the value: readable, UTF-8, of at most 64 KiB');
    return text;
  }
}
