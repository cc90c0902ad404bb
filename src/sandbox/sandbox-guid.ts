const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The lower-cased id, or undefined if `text` is not an 8-4-4-4-12 hexadecimal GUID; the nil GUID is accepted (S-009). */
export function readGuid(text: string): string | undefined {
  return GUID.test(text) ? text.toLowerCase() : undefined;
}
