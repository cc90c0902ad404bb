import { INEXACT, JsonNumber } from './json-number';

/** Writes a JSON value as `JSON.stringify` does (what is undefined is left out), and each `JsonNumber` as it was read. */
export function writeJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error !== INEXACT) throw error;
    return write(value);
  }
}

function write(value: unknown): string {
  if (value instanceof JsonNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map((item: unknown) => write(item ?? null)).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  let members = '';
  for (const [name, item] of Object.entries(value)) {
    if (item !== undefined) members += `${members === '' ? '' : ','}${JSON.stringify(name)}:${write(item)}`;
  }
  return `{${members}}`;
}
