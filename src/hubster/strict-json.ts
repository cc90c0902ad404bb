const MAX_DEPTH = 64;

const [QUOTE, BACKSLASH, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = Buffer.from('"\\[]{}');

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses a JSON text in UTF-8 (S-011). Nothing, when it is not one: broken, bytes that are no UTF-8, nested deeper than 64,
 * or with a key `__proto__`, which would turn into a prototype where somebody copies it by assignment.
 */
export function parseStrictJson(bytes: Buffer): { readonly value: unknown } | undefined {
  if (!isShallow(bytes)) return undefined;
  try {
    const value: unknown = JSON.parse(UTF_8.decode(bytes));
    return hasPrototypeKey(value) ? undefined : { value };
  } catch {
    return undefined;
  }
}

/** Counts brackets before anything is built of them: parsing millions of them costs memory, walking them the stack. */
function isShallow(bytes: Buffer): boolean {
  let depth = 0;
  let isText = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (isText) {
      if (byte === BACKSLASH) index += 1;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) isText = true;
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      depth += 1;
      if (depth > MAX_DEPTH) return false;
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth -= 1;
  }
  return true;
}

function hasPrototypeKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasPrototypeKey);
}
