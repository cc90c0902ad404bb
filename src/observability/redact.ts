import { types } from 'node:util';
import type { KnownSecrets } from '../secrets/known-secrets';

const MAX_DEPTH = 8;
const MAX_ITEMS = 1000;
/** Smaller numbers are never secrets. */
const MIN_SECRET_NUMBER = 1e7;

/** Characters that end a line, control a terminal or change the direction of text; escaped in the log. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern is for control characters
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * A copy of a value for the log: plain data only, with every known secret masked in texts and keys at any depth, and line ends escaped.
 * Runs before serialising, because escapes would hide a secret.
 */
export function redact(value: unknown, secrets: KnownSecrets): unknown {
  return redactAt(value, secrets, []);
}

/** A redacted text as a JSON string. Most texts need no escapes; checking for them is faster than serialising. */
export function quoted(text: string): string {
  return needsNoEscapes(text) ? `"${text}"` : JSON.stringify(escaped(text));
}

/** Whether a text is printable ASCII without quote and backslash. A regular expression takes five times as long for a short text. */
function needsNoEscapes(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < SPACE || code > TILDE || code === QUOTE || code === BACKSLASH) return false;
  }
  return true;
}

const [SPACE, QUOTE, BACKSLASH, TILDE] = [0x20, 0x22, 0x5c, 0x7e];

function redactAt(value: unknown, secrets: KnownSecrets, path: readonly object[]): unknown {
  if (typeof value === 'string') return redactText(value, secrets);
  if (typeof value === 'number' || typeof value === 'bigint') return redactNumber(value, secrets);
  if (typeof value === 'boolean' || value === null || value === undefined) return value;
  if (typeof value !== 'object') return `[${typeof value}]`;
  if (path.includes(value)) return '[circular]';
  if (path.length >= MAX_DEPTH) return '[deep]';
  return redactObject(value, secrets, [...path, value]);
}

function redactObject(value: object, secrets: KnownSecrets, path: readonly object[]): unknown {
  const inner = (item: unknown) => redactAt(item, secrets, path);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return '[binary]';
  if ('toJSON' in value && typeof value.toJSON === 'function') return inner(value.toJSON());
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map(inner);
  if (value instanceof Map) return [...value].slice(0, MAX_ITEMS).map(inner);
  if (value instanceof Set) return [...value].slice(0, MAX_ITEMS).map(inner);
  const members = Object.entries(value).slice(0, MAX_ITEMS);
  if (types.isNativeError(value)) members.unshift(...errorMembers(value));
  return Object.fromEntries(members.map(([key, item]) => [redactText(key, secrets), inner(item)]));
}

/** The members of an error that are not enumerable. */
function errorMembers({ name, message, stack, cause }: Error): [string, unknown][] {
  return [
    ['type', name],
    ['message', message],
    ['stack', stack],
    ...(cause === undefined ? [] : [['cause', cause] as [string, unknown]]),
  ];
}

function redactText(text: string, secrets: KnownSecrets): string {
  return escaped(secrets.redact(text));
}

function escaped(text: string): string {
  return text.replace(CONTROL_CHARACTERS, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function redactNumber(value: number | bigint, secrets: KnownSecrets): unknown {
  if (typeof value === 'number' && Math.abs(value) < MIN_SECRET_NUMBER) return value;
  const text = String(value);
  const redacted = secrets.redact(text);
  return typeof value === 'number' && redacted === text ? value : redacted;
}
