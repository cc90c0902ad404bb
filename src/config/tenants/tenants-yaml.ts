import {
  Composer,
  CST,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  Parser,
} from 'yaml';
import type { ConfigViolation } from '../config';
import { valueInParts } from './yaml-parts';

/** Of collections; the composer is recursive, and the stack has an end. */
const MAX_DEPTH = 32;

/**
 * A YAML text as plain values, with the lines of violations. Aliases and tags are violations, so that a small file cannot grow large, and so are
 * repeated keys. No violation contains a value of the text.
 */
export class TenantsYaml {
  /** Undefined for invalid YAML. */
  readonly value: unknown;
  readonly #violations: (ConfigViolation & { readonly line: number })[] = [];
  readonly #lines = new LineCounter();
  #root: Node | null | undefined;

  /** @param isPart whether it belongs to a larger text */
  constructor(
    private readonly text: string,
    isPart = false,
  ) {
    this.value = (isPart ? undefined : valueInParts(text, valueOfPart)) ?? this.#parse();
  }

  /** In the order of the text. */
  get violations(): readonly ConfigViolation[] {
    const sorted = this.#violations.toSorted((one, other) => one.line - other.line);
    return sorted.map(({ name, expected }) => ({ name, expected }));
  }

  /** @param unknownKey a key of the mapping at `path`; the violation has its line */
  violation(path: readonly string[], expected: string, unknownKey?: string): void {
    // The nodes of a text in parts are gone.
    if (!this.#root) this.#parse();
    let node: unknown = this.#root;
    for (const step of path) {
      const child: unknown = isCollection(node) ? node.get(step, true) : undefined;
      // A missing value has the line of the mapping in which it is missing.
      if (!isNode(child)) break;
      node = child;
    }
    const pair = isMap(node) && node.items.find(({ key }) => isScalar(key) && key.value === unknownKey);
    const steps = path.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`));
    this.#reject(offsetOf(pair ? pair.key : node), expected, steps.join('').slice(1));
  }

  #parse(): unknown {
    const { text } = this;
    const tokens = [...new Parser(this.#lines.addNewLine).parse(text)];
    if (tokens.some((token) => isDeeper(token, MAX_DEPTH))) {
      this.#reject(0, `at most ${MAX_DEPTH} nested values`);
      return undefined;
    }
    // Repeated keys are found here, because the library compares each key of a mapping with all others.
    const composer = new Composer({ prettyErrors: false, uniqueKeys: false, stringKeys: true });
    const [document, another] = composer.compose(tokens, true, text.length);
    const [error] = document?.errors ?? [];
    this.#root = document?.contents;
    // The parser's message is dropped, as it quotes the text. After an error the rest cannot be read.
    if (error) this.#reject(error.pos[0], 'valid YAML');
    else if (another) this.#reject(another.range[0], 'no second document');
    else return this.#plain(this.#root);
    return undefined;
  }

  #plain(node: unknown): unknown {
    if (isAlias(node) || (isNode(node) && node.tag !== undefined)) {
      this.#reject(offsetOf(node), 'a value without alias or tag');
      return undefined;
    }
    if (isSeq(node)) return node.items.map((item) => this.#plain(item));
    if (!isMap(node)) return isScalar(node) ? node.value : null;
    const values = new Map<string, unknown>();
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (values.has(name)) this.#reject(offsetOf(key), 'each key once');
      values.set(name, this.#plain(value));
    }
    return Object.fromEntries(values);
  }

  #reject(offset: number, expected: string, path = ''): void {
    const { line } = this.#lines.linePos(offset);
    this.#violations.push({ line, name: path === '' ? `line ${line}` : `${path} (line ${line})`, expected });
  }
}

function valueOfPart(text: string): unknown {
  const { value, violations } = new TenantsYaml(text, true);
  return violations.length === 0 ? value : undefined;
}

function offsetOf(node: unknown): number {
  return (isNode(node) && node.range?.[0]) || 0;
}

function isDeeper(token: CST.Token | null | undefined, levels: number): boolean {
  if (token?.type === 'document') return isDeeper(token.value, levels);
  if (!CST.isCollection(token)) return false;
  return levels === 0 || token.items.some(({ key, value }) => isDeeper(key, levels - 1) || isDeeper(value, levels - 1));
}
