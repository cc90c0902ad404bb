import type { JsonObject } from '../../../json/json-value';

const INT32_MAX = 2 ** 31 - 1;
/** In characters. */
const MAX_PAGE = 64 * 1024;

export const guid = { type: 'string', format: 'uuid', minLength: 36, maxLength: 36 } as const;
export const instant = { type: 'string', format: 'date-time', maxLength: 35 } as const;
export const flag = { type: 'boolean' } as const;
export const count = integer(0, INT32_MAX);

/** Of at least one character. */
export function text(maxLength: number): {
  readonly type: 'string';
  readonly minLength: 1;
  readonly maxLength: number;
} {
  return { type: 'string', minLength: 1, maxLength };
}

export function integer(minimum: number, maximum: number) {
  return { type: 'integer', format: maximum > INT32_MAX ? 'int64' : 'int32', minimum, maximum } as const;
}

export function oneOfTexts(values: readonly string[]): JsonObject {
  return { type: 'string', enum: [...values] };
}

/** An object without further members. */
export function object(required: readonly string[], properties: JsonObject, rest: JsonObject = {}): JsonObject {
  return { type: 'object', required: [...required], properties, ...rest };
}

export function list(items: JsonObject, maxItems: number): JsonObject {
  return { type: 'array', maxItems, items };
}

/** The content of a response that is a page for people. */
export const PAGE = { 'text/html': { schema: text(MAX_PAGE) } } as const;
