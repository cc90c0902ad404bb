import { YAMLException } from 'js-yaml';
import type { ConfigViolation } from '../config-error';
import { TextLines } from './text-lines';
import { readYaml, type YamlNode } from './yaml-node';

/** What all locations of one document share. */
interface Source {
  readonly violations: ConfigViolation[];
  readonly lines: TextLines;
}

/**
 * A location in a YAML document: what stands there, or that nothing does. Reading it as something it is not tells a violation
 * with path and line, never with what was found, and gives a placeholder, which nobody sees as the document is then refused.
 * Aliases are not followed, so a small file cannot grow into a large one.
 */
export class YamlLocation {
  private constructor(
    private readonly source: Source,
    private readonly path: string,
    private readonly node: YamlNode | undefined,
    /** Of the node, or of what stands nearest before it. */
    private readonly offset: number,
  ) {}

  static root(text: string, violations: ConfigViolation[]): YamlLocation {
    const lines = new TextLines(text);
    const refuse = (offset: number, expected: string) =>
      violations.push({ name: `line ${lines.at(offset)}`, expected });
    const [document, another] = documentsOf(text, (offset) => refuse(offset, 'valid YAML'));
    const root = new YamlLocation({ violations, lines }, '', document?.children[0], 0);
    if (another) refuse(another.children[0]?.start ?? 0, 'no second document');
    return root;
  }

  /**
   * Whether the key is there at all. One without a value counts as there, so that it is a violation: `hubs:` above items
   * that were all commented out must not open every hub.
   */
  get isPresent(): boolean {
    return this.node !== undefined;
  }

  /** Whether exactly this text stands here. */
  is(text: string): boolean {
    return this.node?.kind === 'scalar' && this.node.value === text;
  }

  violation(expected: string): void {
    const line = `line ${this.source.lines.at(this.offset)}`;
    const written = this.node?.kind === 'other' ? `${expected}, without alias or tag` : expected;
    this.source.violations.push({ name: this.path ? `${this.path} (${line})` : line, expected: written });
  }

  /**
   * The values of a mapping that has no other keys than these. `secretive`: what other keys are called is not told.
   * Where there is no mapping, that is the one violation; its values tell none.
   */
  fields<K extends string>(keys: readonly K[], { secretive = false } = {}): (key: K) => YamlLocation {
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
        const isPlain = !secretive && typeof name === 'string' && /^[A-Za-z]\w{0,31}$/.test(name);
        location.violation(`only the keys ${keys.join(', ')}${isPlain ? `, not ${name}` : ''}`);
        continue;
      }
      if (values.has(known)) location.violation(`the key ${known} once`);
      values.set(known, location.#at(step(known), value));
    }
    return (key) => values.get(key) ?? this.#at(step(key), undefined);
  }

  /** The items of a list that has at least so many. No list at all is one without items. */
  items(expected: string, least: number): readonly YamlLocation[] {
    const items = this.node?.kind === 'list' ? this.node.children : [];
    if ((this.isPresent && this.node?.kind !== 'list') || items.length < least) this.violation(expected);
    return items.map((item, index) => this.#at(`[${index}]`, item));
  }

  /** Text that is right by `pattern`. */
  text(expected: string, pattern = /\S/): string {
    return this.parsed(expected, (text) => (pattern.test(text) ? text : undefined), '');
  }

  /** Text that becomes something else. */
  parsed<T>(expected: string, parse: (text: string) => T | undefined, placeholder: T): T {
    return this.#scalar((value) => (typeof value === 'string' ? parse(value) : undefined), expected, placeholder);
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

  #scalar<T>(read: (value: unknown) => T | undefined, expected: string, placeholder: T): T {
    const value = read(this.node?.value);
    if (value === undefined) this.violation(expected);
    return value ?? placeholder;
  }

  #at(step: string, node: YamlNode | undefined): YamlLocation {
    const isWritten = node !== undefined && node.start >= 0;
    return new YamlLocation(this.source, this.path + step, node, isWritten ? node.start : this.offset);
  }
}

/** None where the text is no YAML. The parser's own words quote it. */
function documentsOf(text: string, refuse: (offset: number) => void): readonly YamlNode[] {
  try {
    return readYaml(text);
  } catch (error) {
    refuse((error instanceof YAMLException && error.mark?.position) || 0);
    return [];
  }
}
