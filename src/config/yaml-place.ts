import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { ConfigFault } from './config-error';

/** What all places of one document share. */
interface Source {
  readonly faults: ConfigFault[];
  readonly lines: LineCounter;
}

/**
 * A place in a YAML document: what stands there, or that nothing does. Reading it as something it is not tells a fault
 * with path and line, never with what was found, and gives a filler, which nobody sees as the document is then refused.
 * Aliases are not followed, so a small file cannot grow into a large one.
 */
export class YamlPlace {
  private constructor(
    private readonly source: Source,
    private readonly path: string,
    private readonly node: unknown,
    private readonly line: number,
  ) {}

  static root(text: string, faults: ConfigFault[]): YamlPlace {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    // The parser's own words quote the document.
    for (const { pos } of [...document.errors, ...document.warnings]) {
      faults.push({ name: `line ${lines.linePos(pos[0]).line}`, expected: 'valid YAML' });
    }
    return new YamlPlace({ faults, lines }, '', document.contents, 1);
  }

  /**
   * Whether the key is there at all. One without a value counts as there, so that it is a fault: `hubs:` above items
   * that were all commented out must not open every hub.
   */
  get isPresent(): boolean {
    return this.node !== undefined;
  }

  /** Whether exactly this text stands here. */
  is(text: string): boolean {
    return isScalar(this.node) && this.node.value === text;
  }

  fault(expected: string): void {
    this.source.faults.push({ name: this.path ? `${this.path} (line ${this.line})` : `line ${this.line}`, expected });
  }

  /**
   * The values of a mapping that has no other keys than these. `secretive`: what other keys are called is not told.
   * Where there is no mapping, that is the one fault; its values tell none.
   */
  fields<K extends string>(keys: readonly K[], { secretive = false } = {}): (key: K) => YamlPlace {
    if (!isMap(this.node)) {
      this.fault(`a mapping of ${keys.join(', ')}`);
      const silent = new YamlPlace({ ...this.source, faults: [] }, this.path, undefined, this.line);
      return () => silent;
    }
    const values = new Map<unknown, unknown>();
    for (const { key, value } of this.node.items) {
      const name = isScalar(key) ? key.value : undefined;
      values.set(name, value);
      if (keys.some((known) => known === name)) continue;
      const isPlain = !secretive && typeof name === 'string' && /^[A-Za-z]\w{0,31}$/.test(name);
      this.#at('', key).fault(`only the keys ${keys.join(', ')}${isPlain ? `, not ${name}` : ''}`);
    }
    return (key) => this.#at(this.path ? `.${key}` : key, values.get(key));
  }

  /** The items of a list that has at least so many. No list at all is one without items. */
  items(expected: string, least: number): readonly YamlPlace[] {
    const items = isSeq(this.node) ? this.node.items : [];
    if ((this.isPresent && !isSeq(this.node)) || items.length < least) this.fault(expected);
    return items.map((item, index) => this.#at(`[${index}]`, item));
  }

  /** Text that is right by `pattern`. */
  text(expected: string, pattern = /\S/): string {
    return this.parsed(expected, (text) => (pattern.test(text) ? text : undefined), '');
  }

  /** Text that becomes something else. */
  parsed<T>(expected: string, parse: (text: string) => T | undefined, filler: T): T {
    return this.#scalar((value) => (typeof value === 'string' ? parse(value) : undefined), expected, filler);
  }

  integer(min: number, max: number): number {
    const fits = (value: unknown) =>
      typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
    return this.#scalar(
      (value) => (fits(value) ? Number(value) : undefined),
      `a whole number from ${min} to ${max}`,
      min,
    );
  }

  /** False when nothing stands here. */
  flag(): boolean {
    if (!this.isPresent) return false;
    return this.#scalar((value) => (typeof value === 'boolean' ? value : undefined), 'true or false', false);
  }

  #scalar<T>(read: (value: unknown) => T | undefined, expected: string, filler: T): T {
    const value = read(isScalar(this.node) ? this.node.value : undefined);
    if (value === undefined) this.fault(expected);
    return value ?? filler;
  }

  #at(step: string, node: unknown): YamlPlace {
    const start = isNode(node) ? node.range?.[0] : undefined;
    const line = start === undefined ? this.line : this.source.lines.linePos(start).line;
    return new YamlPlace(this.source, this.path + step, node, line);
  }
}
