/** A JSON object with unchecked values. */
export type JsonObject = { readonly [key: string]: unknown };

type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own property of the object; ignores the prototype, so that a key such as `constructor` is not found there. */
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
