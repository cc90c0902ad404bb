import type { YamlPlace } from './yaml-location';

/** Values no two of which may be the same. */
export class Unique {
  readonly #values = new Set<string>();

  /** `expected` is what is told of a value that comes a second time. */
  constructor(private readonly expected: string) {}

  get values(): ReadonlySet<string> {
    return this.#values;
  }

  /** Takes the value in, or tells the fault at its place. The filler of a faulty place, `''`, is left out. */
  add(value: string, place: YamlPlace): string {
    if (this.#values.has(value)) place.fault(this.expected);
    else if (value !== '') this.#values.add(value);
    return value;
  }
}
