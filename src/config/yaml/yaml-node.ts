import {
  boolCoreTag,
  EVENT_ID,
  type Event,
  floatCoreTag,
  getScalarValue,
  intCoreTag,
  NOT_RESOLVED,
  nullCoreTag,
  parseEvents,
  SCALAR_STYLE,
} from 'js-yaml';

/** A node of a YAML document. */
export interface YamlNode {
  /** `other`: an alias, or a node with a tag. Both are invalid in a tenants file. */
  readonly kind: 'document' | 'mapping' | 'list' | 'scalar' | 'other';
  /** The offset in the text; -1 for a value that is left out. */
  readonly start: number;
  /** Of a scalar: text, number, boolean or null, by the core schema of YAML 1.2. */
  readonly value: unknown;
  /** Items of a list; alternating keys and values of a mapping; the one node of a document. */
  readonly children: readonly YamlNode[];
}

/** A node whose children are still being read. */
interface OpenNode extends YamlNode {
  readonly children: YamlNode[];
}

const ABSENT = -1;
const CHILDLESS: readonly YamlNode[] = [];
const PLAIN_TAGS = [nullCoreTag, boolCoreTag, intCoreTag, floatCoreTag];

/**
 * The documents of a text, built from the parser's events: these have positions and are much cheaper than a document with
 * positions, and a file of 6,000 entries may be read while requests are served.
 * @throws {YAMLException} whose message quotes the text
 */
export function readYaml(text: string): readonly YamlNode[] {
  const documents: YamlNode[] = [];
  const open: OpenNode[] = [];
  for (const event of parseEvents(text, {})) {
    if (event.type === EVENT_ID.POP) {
      open.pop();
      continue;
    }
    const node = nodeOf(event, text);
    (open.at(-1)?.children ?? documents).push(node);
    if (isOpen(node)) open.push(node);
  }
  return documents;
}

function isOpen(node: YamlNode): node is OpenNode {
  return node.children !== CHILDLESS;
}

function nodeOf(event: Exclude<Event, { type: typeof EVENT_ID.POP }>, text: string): YamlNode {
  switch (event.type) {
    case EVENT_ID.DOCUMENT:
      return { kind: 'document', start: ABSENT, value: undefined, children: [] };
    case EVENT_ID.ALIAS:
      return { kind: 'other', start: event.anchorStart, value: undefined, children: CHILDLESS };
    case EVENT_ID.SCALAR: {
      const { valueStart: start, style, tagStart } = event;
      if (tagStart !== ABSENT) return { kind: 'other', start: tagStart, value: undefined, children: CHILDLESS };
      const raw = getScalarValue(text, event);
      const value = style === SCALAR_STYLE.PLAIN ? plainValue(raw) : raw;
      return { kind: 'scalar', start, value, children: CHILDLESS };
    }
    default: {
      const { start, tagStart } = event;
      const kind = event.type === EVENT_ID.MAPPING ? 'mapping' : 'list';
      return { kind: tagStart === ABSENT ? kind : 'other', start, value: undefined, children: [] };
    }
  }
}

function plainValue(text: string): unknown {
  for (const { resolve, tagName } of PLAIN_TAGS) {
    const value = resolve(text, false, tagName);
    if (value !== NOT_RESOLVED) return value;
  }
  return text;
}
