/**
 * Items that are parsed together. The nodes of a whole file would be in memory at once, and collecting garbage among them takes as long as
 * parsing (measured for 10,000 tenants and callers: 2.2 s of CPU time, in parts 1.2 s).
 */
const PART_ITEMS = 25;

/** Lines at the left margin that a text in parts may have: a key, an item, a comment or nothing. Not the marks of documents. */
const MARGIN = /^(?:[A-Za-z]|#|-(?: |$)|\s|$)/;
const KEY = /^[A-Za-z]/;
/** A key whose value begins in the next line. */
const KEY_ALONE = /^[A-Za-z]+: *(?: #.*)?$/;
const NOTHING = /^\s*(?:#.*)?$/;
const ITEM = /^( *)-(?: |$)/;

/**
 * The value of a mapping whose values are block lists, as that of a tenants file, from parts that are parsed one by one; undefined where
 * this is not certain to be the value of the whole.
 *
 * A part is a key with some of its items. A line with a `-` as far left as the first item's begins an item: text of an item is further to
 * the right, unless it is in quotes or brackets, and these have no end in the part, so that it is invalid.
 *
 * @param parse the value of a part; undefined if it is invalid
 */
export function valueInParts(text: string, parse: (part: string) => unknown, partItems = PART_ITEMS): unknown {
  const lines = text.split('\n');
  if (!lines.every((line) => MARGIN.test(line))) return undefined;
  const value = new Map<string, unknown>();
  for (const section of sectionsOf(lines)) {
    const found = valueOfSection(section, parse, partItems);
    if (found === undefined || value.has(found.key)) return undefined;
    value.set(found.key, found.value);
  }
  return value.size > 0 ? Object.fromEntries(value) : undefined;
}

/** Each begins with a key at the left margin. */
function sectionsOf(lines: readonly string[]): readonly (readonly string[])[] {
  const sections: string[][] = [];
  for (const line of lines) {
    const last = sections.at(-1);
    if (KEY.test(line)) sections.push([line]);
    else if (last) last.push(line);
    else if (!NOTHING.test(line)) return [];
  }
  return sections;
}

function valueOfSection(
  section: readonly string[],
  parse: (part: string) => unknown,
  partItems: number,
): { readonly key: string; readonly value: unknown } | undefined {
  let key: string | undefined;
  const items: unknown[] = [];
  const parts = partsOf(section, partItems);
  for (const part of parts) {
    const parsed = parse(part);
    const [entry, another] = typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [];
    if (!entry || another) return undefined;
    const [name, value] = entry;
    if (parts.length === 1) return { key: name, value };
    if (!Array.isArray(value)) return undefined;
    key = name;
    items.push(...value);
  }
  return key === undefined ? undefined : { key, value: items };
}

function partsOf(section: readonly string[], partItems: number): readonly string[] {
  const [head = '', ...rest] = section;
  const first = rest.find((line) => !NOTHING.test(line));
  const [, indent] = (KEY_ALONE.test(head) && ITEM.exec(first ?? '')) || [];
  if (indent === undefined) return [`${section.join('\n')}\n`];
  const parts: string[][] = [];
  let items = 0;
  for (const line of rest) {
    const isItem = ITEM.exec(line)?.[1] === indent;
    if (parts.length === 0 || (isItem && items === partItems)) {
      parts.push([head]);
      items = 0;
    }
    if (isItem) items += 1;
    parts.at(-1)?.push(line);
  }
  return parts.map((part) => `${part.join('\n')}\n`);
}
