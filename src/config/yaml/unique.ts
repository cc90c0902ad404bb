import type { YamlLocation } from './yaml-location';

/** Values no two of which may be the same. */
export class Unique {
  readonly #values = new Set<string>();

  /** `expected` is what is told of a value that comes a second time. */
  constructor(private readonly expected: string) {}

  get values(): ReadonlySet<string> {
    return this.#values;
  }

  /** Takes the value in, or tells the violation at its location. The placeholder of a faulty location, `''`, is left out. */
  add(value: string, location: YamlLocation): string {
    if (this.#values.has(value)) location.violation(this.expected);
    else if (value !== '') this.#values.add(value);
    return value;
  }
}
