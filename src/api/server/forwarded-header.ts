const QUOTE = '"';

/**
 * The nodes of `X-Forwarded-For`, the one that was added last first. Several lines of a header are one by then, joined with commas.
 */
export function* plainNodesFromRight(header: string): Generator<string> {
  for (let end = header.length; end >= 0; ) {
    const comma = end === 0 ? -1 : header.lastIndexOf(',', end - 1);
    yield header.slice(comma + 1, end).trim();
    end = comma;
  }
}

/**
 * The `for` of each element of `Forwarded` (RFC 7239), the one that was added last first; undefined where an element has no `for`, or
 * several, or is not of its grammar. From the right too: a client can leave a quote open, which must not hide what a proxy adds after it.
 */
export function* forwardedFromRight(header: string): Generator<string | undefined> {
  for (let end = header.length; end >= 0; ) {
    const comma = separatorBefore(header, end);
    yield nodeOf(header.slice(comma + 1, end));
    end = comma;
  }
}

/** The last comma before `end` that is in no quotes, or -1. An escaped quote counts as one: its element has a backslash, and is invalid. */
function separatorBefore(header: string, end: number): number {
  let isQuoted = false;
  for (let index = end - 1; index >= 0; index -= 1) {
    if (header[index] === QUOTE) isQuoted = !isQuoted;
    else if (header[index] === ',' && !isQuoted) return index;
  }
  return -1;
}

/** `name=value` with a token or a quoted string without escapes, and what separates it from the next pair. */
const PAIR = /\s*([!#$%&'*+.^_`|~\w-]+)=(?:"([^"\\]*)"|([!#$%&'*+.^_`|~\w:[\]-]+))\s*(?:;|$)/y;

function nodeOf(element: string): string | undefined {
  const nodes: string[] = [];
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < element.length) {
    const [, name, quoted, token] = PAIR.exec(element) ?? [];
    if (name === undefined) return undefined;
    if (name.toLowerCase() === 'for') nodes.push(quoted ?? token ?? '');
  }
  return nodes.length === 1 ? nodes[0] : undefined;
}
