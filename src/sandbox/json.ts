/** A JSON object whose values are not known yet. */
export type JsonObject = { readonly [key: string]: unknown };

/** What `parseJson` found: a value, or text that is not JSON. */
type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object's own property: `constructor` and its like in a hostile body are never found on the prototype. */
export function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

export function parseJson(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}
