import type { YamlLocation } from './yaml-location';

/** Values that have to differ. */
export class Unique {
  readonly #values = new Set<string>();

  /** @param expected ends the violation of a repeated value: "expected …" */
  constructor(private readonly expected: string) {}

  get values(): ReadonlySet<string> {
    return this.#values;
  }

  /** Adds the value, or a violation at its location. Ignores `''`, the placeholder of an invalid location. */
  add(value: string, location: YamlLocation): string {
    if (this.#values.has(value)) location.violation(this.expected);
    else if (value !== '') this.#values.add(value);
    return value;
  }
}
