import { types } from 'node:util';
import type { KnownSecrets } from '../secrets/known-secrets';

const MAX_DEPTH = 8;
const MAX_ITEMS = 1000;
/** Numbers with fewer digits are no secrets. */
const LEAST_NUMBER = 1e7;

/** What ends a line, steers a terminal or turns the direction of text: a line of the log holds none of it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const STEERS_VIEWERS = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * A value as it may stand in the log: of plain data only, every known secret masked in every text and key at any depth, and
 * nothing in it that could start another line. Done before serialising, as escapes would hide a secret.
 */
export function redact(value: unknown, secrets: KnownSecrets): unknown {
  return plain(value, secrets, []);
}

/** A clean text as it may stand in the log, as JSON. Most texts need no escapes, which is cheaper to see than to serialise. */
export function quoted(text: string): string {
  return needsNoEscapes(text) ? `"${text}"` : JSON.stringify(escaped(text));
}

/** Plain ASCII, to be short; a loop, as a regular expression costs a short text five times as much. */
function needsNoEscapes(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < SPACE || code > TILDE || code === QUOTE || code === BACKSLASH) return false;
  }
  return true;
}

const [SPACE, QUOTE, BACKSLASH, TILDE] = [0x20, 0x22, 0x5c, 0x7e];

function plain(value: unknown, secrets: KnownSecrets, path: readonly object[]): unknown {
  if (typeof value === 'string') return cleanText(value, secrets);
  if (typeof value === 'number' || typeof value === 'bigint') return cleanNumber(value, secrets);
  if (typeof value === 'boolean' || value === null || value === undefined) return value;
  if (typeof value !== 'object') return `[${typeof value}]`;
  if (path.includes(value)) return '[circular]';
  if (path.length >= MAX_DEPTH) return '[deep]';
  return cleanObject(value, secrets, [...path, value]);
}

function cleanObject(value: object, secrets: KnownSecrets, path: readonly object[]): unknown {
  const inner = (item: unknown) => plain(item, secrets, path);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return '[binary]';
  if ('toJSON' in value && typeof value.toJSON === 'function') return inner(value.toJSON());
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map(inner);
  if (value instanceof Map) return [...value].slice(0, MAX_ITEMS).map(inner);
  if (value instanceof Set) return [...value].slice(0, MAX_ITEMS).map(inner);
  const members = Object.entries(value).slice(0, MAX_ITEMS);
  if (types.isNativeError(value)) members.unshift(...errorMembers(value));
  return Object.fromEntries(members.map(([key, item]) => [cleanText(key, secrets), inner(item)]));
}

/** What an error holds without showing it as its own members. */
function errorMembers({ name, message, stack, cause }: Error): [string, unknown][] {
  return [
    ['type', name],
    ['message', message],
    ['stack', stack],
    ...(cause === undefined ? [] : [['cause', cause] as [string, unknown]]),
  ];
}

function cleanText(text: string, secrets: KnownSecrets): string {
  return escaped(secrets.redact(text));
}

function escaped(text: string): string {
  return text.replace(STEERS_VIEWERS, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function cleanNumber(value: number | bigint, secrets: KnownSecrets): unknown {
  if (typeof value === 'number' && Math.abs(value) < LEAST_NUMBER) return value;
  const text = String(value);
  const clean = secrets.redact(text);
  return typeof value === 'number' && clean === text ? value : clean;
}
