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

/** By appending: lists of entries and parts that are joined take twice as long. */
function write(value: unknown): string {
  if (value instanceof JsonNumber) return value.text;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  let content = '';
  if (Array.isArray(value)) {
    for (const item of value) content += `${separator(content)}${write(item ?? null)}`;
    return `[${content}]`;
  }
  for (const [name, item] of Object.entries(value)) {
    if (item !== undefined) content += `${separator(content)}${JSON.stringify(name)}:${write(item)}`;
  }
  return `{${content}}`;
}

function separator(content: string): string {
  return content === '' ? '' : ',';
}
