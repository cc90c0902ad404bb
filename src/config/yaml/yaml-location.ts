import { YAMLException } from 'js-yaml';
import type { ConfigViolation } from '../config-error';
import { TextLines } from './text-lines';
import { readYaml, type YamlNode } from './yaml-node';

/** Shared by all locations of one document. */
interface Source {
  readonly violations: ConfigViolation[];
  readonly lines: TextLines;
}

/**
 * A location in a YAML document, with its node if there is one. Reading a node of another type adds a violation with path and
 * line, never with the value, and returns a placeholder, which is never used as the document is then rejected. Aliases are not
 * followed, so that a small file cannot grow into a large one.
 */
export class YamlLocation {
  private constructor(
    private readonly source: Source,
    private readonly path: string,
    private readonly node: YamlNode | undefined,
    /** Of the node, or of the nearest location before it. */
    private readonly offset: number,
  ) {}

  static root(text: string, violations: ConfigViolation[]): YamlLocation {
    const lines = new TextLines(text);
    const reject = (offset: number, expected: string) =>
      violations.push({ name: `line ${lines.at(offset)}`, expected });
    const [document, another] = documentsOf(text, (offset) => reject(offset, 'valid YAML'));
    const root = new YamlLocation({ violations, lines }, '', document?.children[0], 0);
    if (another) reject(another.children[0]?.start ?? 0, 'no second document');
    return root;
  }

  /**
   * Whether the key is in the file. A key without a value counts as present and is then a violation: `hubs:` above items
   * that are all commented out must not allow every hub.
   */
  get isPresent(): boolean {
    return this.node !== undefined;
  }

  /** Whether the value is exactly this text. */
  is(text: string): boolean {
    return this.node?.kind === 'scalar' && this.node.value === text;
  }

  violation(expected: string): void {
    const line = `line ${this.source.lines.at(this.offset)}`;
    const rule = this.node?.kind === 'other' ? `${expected}, without alias or tag` : expected;
    this.source.violations.push({ name: this.path ? `${this.path} (${line})` : line, expected: rule });
  }

  /**
   * The values of a mapping by key; any other key is a violation. A missing mapping is one violation, and its values add none.
   * @param options `redactKeys`: the violation does not name the other key, which may be a secret
   */
  fields<K extends string>(keys: readonly K[], { redactKeys = false } = {}): (key: K) => YamlLocation {
    if (this.node?.kind !== 'mapping') {
      this.violation(`a mapping of ${keys.join(', ')}`);
      const silent = new YamlLocation({ ...this.source, violations: [] }, this.path, undefined, this.offset);
      return () => silent;
    }
    const step = (key: K) => (this.path ? `.${key}` : key);
    const values = new Map<K, YamlLocation>();
    const { children } = this.node;
    for (let index = 0; index < children.length; index += 2) {
      const [key, value] = [children[index], children[index + 1]];
      const name = key?.kind === 'scalar' ? key.value : undefined;
      const location = this.#at('', key);
      const known = keys.find((one) => one === name);
      if (known === undefined) {
        const isPlain = !redactKeys && typeof name === 'string' && /^[A-Za-z]\w{0,31}$/.test(name);
        location.violation(`only the keys ${keys.join(', ')}${isPlain ? `, not ${name}` : ''}`);
        continue;
      }
      if (values.has(known)) location.violation(`the key ${known} once`);
      values.set(known, location.#at(step(known), value));
    }
    return (key) => values.get(key) ?? this.#at(step(key), undefined);
  }

  /** The items of a list with at least `least` of them. A missing list has none. */
  items(expected: string, least: number): readonly YamlLocation[] {
    const items = this.node?.kind === 'list' ? this.node.children : [];
    if ((this.isPresent && this.node?.kind !== 'list') || items.length < least) this.violation(expected);
    return items.map((item, index) => this.#at(`[${index}]`, item));
  }

  /** Text that matches `pattern`. */
  text(expected: string, pattern = /\S/): string {
    return this.parsed(expected, (text) => (pattern.test(text) ? text : undefined), '');
  }

  /** The parsed text; `parse` returns undefined for invalid text. */
  parsed<T>(expected: string, parse: (text: string) => T | undefined, placeholder: T): T {
    return this.#scalar((value) => (typeof value === 'string' ? parse(value) : undefined), expected, placeholder);
  }

  integer(min: number, max: number): number {
    const isValid = (value: unknown) =>
      typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
    return this.#scalar(
      (value) => (isValid(value) ? Number(value) : undefined),
      `a whole number from ${min} to ${max}`,
      min,
    );
  }

  /** False when absent. */
  flag(): boolean {
    if (!this.isPresent) return false;
    return this.#scalar((value) => (typeof value === 'boolean' ? value : undefined), 'true or false', false);
  }

  #scalar<T>(read: (value: unknown) => T | undefined, expected: string, placeholder: T): T {
    const value = read(this.node?.value);
    if (value === undefined) this.violation(expected);
    return value ?? placeholder;
  }

  #at(step: string, node: YamlNode | undefined): YamlLocation {
    const isInText = node !== undefined && node.start >= 0;
    return new YamlLocation(this.source, this.path + step, node, isInText ? node.start : this.offset);
  }
}

/** None for invalid YAML. The parser's message is dropped, as it quotes the text. */
function documentsOf(text: string, reject: (offset: number) => void): readonly YamlNode[] {
  try {
    return readYaml(text);
  } catch (error) {
    reject((error instanceof YAMLException && error.mark?.position) || 0);
    return [];
  }
}
