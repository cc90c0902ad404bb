import { types } from 'node:util';
import { type DestinationStream, type Logger as Pino, type LoggerOptions as PinoOptions, pino } from 'pino';
import type { Config } from '../../config/config';
import { packageVersion } from '../../config/package-version';
import { KNOWN_SECRETS } from '../../secrets/known-secrets';
import { standardOutput } from './bounded-output';
import { prettyLine } from './pretty-line';
import { ecsLine, otelLine } from './schema-lines';

type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** Limits of what one line shows of an object. */
const MAX_DEPTH = 8;
const MAX_ITEMS = 1000;
/** Smaller numbers are never secrets. */
const MIN_SECRET_NUMBER = 1e7;

/** Characters that end a line, control a terminal or change the direction of text; escaped in the log. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern is for control characters
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
/** Printable ASCII without quote and backslash. */
const [SPACE, QUOTE, BACKSLASH, TILDE] = [0x20, 0x22, 0x5c, 0x7e];

/**
 * The log of the process. Callers must not pass secrets; known secrets are masked nevertheless. It has no child loggers, because pino
 * serialises their members before they could be redacted.
 */
export interface Logger
  extends Pick<Pino, 'level' | 'isLevelEnabled' | 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'> {
  /**
   * Writes the same line as the method of that level, for the access log: in 0.2 µs in place of 4.6 (plain pino: 1.7). `own` (JSON members without braces) and `message`
   * (JSON text without quotes) are constant texts of the program and are not redacted. `members`: names and values alternate, and undefined
   * values are omitted. In them the secrets of the line's tenant are masked, or all secrets without a tenant; in the ids of `owner` only
   * credentials are masked.
   */
  flat(own: string, owner: LineOwner, members: FlatMembers, message: string, level?: FlatLevel): void;
}

/** pino's numbers of the levels that the access log has. */
const FLAT_LEVELS = { debug: 20, info: 30, warn: 40 };
type FlatLevel = keyof typeof FLAT_LEVELS;

/** On every line. */
const BASE = { service: 'stagedoor', version: packageVersion() };
const BASE_MEMBERS = JSON.stringify(BASE).slice(1, -1);

/** Ids of the tenant and the caller of a line; undefined if unknown. */
interface LineOwner {
  readonly tenant: string | undefined;
  readonly caller: string | undefined;
}

type FlatMembers = readonly (string | undefined)[];

/** Injection token for `Logger`. */
export const LOGGER = Symbol('LOGGER');

interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: Config['log']['format'];
  /** Default: standard output. */
  readonly destination?: DestinationStream;
  /** Whether lines for people have colours. */
  readonly hasColors?: boolean;
}

export function createLogger({
  level,
  format,
  destination: lines = standardOutput(),
  hasColors = false,
}: LoggerOptions): Logger {
  const destination = formatted(lines, format, hasColors);
  const options = {
    level,
    base: BASE,
    timestamp: () => `,"time":"${isoTime()}"`,
    formatters: { level: named },
    hooks: { logMethod: logRedacted },
    // Errors are plain data by then.
    serializers: { err: (error: unknown) => error },
  };
  const logger = pino(options, destination);
  return Object.assign(logger, {
    flat(own: string, owner: LineOwner, members: FlatMembers, message: string, kind: FlatLevel = 'info') {
      if (FLAT_LEVELS[kind] < logger.levelVal) return;
      const rest = `${ownerJson(owner)}${flatJson(members, owner.tenant)}`;
      destination.write(`{"level":"${kind}","time":"${isoTime()}",${BASE_MEMBERS},${own}${rest},"msg":"${message}"}\n`);
    },
  });
}

/** Lines are formatted in this thread, although that is slower: a worker thread would have an unlimited queue. */
function formatted(lines: DestinationStream, format: Config['log']['format'], hasColors: boolean): DestinationStream {
  if (format === 'json') return lines;
  const lineOf = { ecs: ecsLine, otel: otelLine, pretty: (line: string) => prettyLine(line, hasColors) }[format];
  return { write: (line: string) => void lines.write(lineOf(line)) };
}

const named = (level: string) => ({ level });

let formattedAt = Number.NaN;
let formattedTime = '';

/** RFC 3339 with milliseconds; formatted at most once a millisecond. */
function isoTime(): string {
  const now = Date.now();
  if (now !== formattedAt) {
    formattedAt = now;
    formattedTime = new Date(now).toISOString();
  }
  return formattedTime;
}
/** Tenant and caller stay readable, whatever a tenant stores as a secret. */
function ownerJson({ tenant, caller }: LineOwner): string {
  let json = '';
  if (tenant !== undefined) json += `,"tenant":${quoted(KNOWN_SECRETS.redactCredentials(tenant))}`;
  if (caller !== undefined) json += `,"caller":${quoted(KNOWN_SECRETS.redactCredentials(caller))}`;
  return json;
}

function flatJson(members: FlatMembers, tenant: string | undefined): string {
  let json = '';
  for (let index = 0; index < members.length; index += 2) {
    const value = members[index + 1];
    if (value === undefined) continue;
    const cleaned = tenant === undefined ? KNOWN_SECRETS.redact(value) : KNOWN_SECRETS.redactFor(tenant, value);
    json += `,"${members[index]}":${quoted(cleaned)}`;
  }
  return json;
}

/**
 * Masks known secrets in all arguments before they are serialised, in case a caller passes one (N1): escapes would hide a secret. A lone error
 * becomes `err` and its message, as in pino.
 */
const logRedacted: NonNullable<NonNullable<PinoOptions['hooks']>['logMethod']> = function (args, method) {
  const [first, ...others] = args;
  const members = first instanceof Error ? [{ err: first }, ...(others.length > 0 ? others : [first.message])] : args;
  Reflect.apply(
    method,
    this,
    members.map((member) => redacted(member, [])),
  );
};

/** A copy for the log: plain data, with every known secret masked in texts and keys at any depth, and line ends escaped. */
function redacted(value: unknown, path: readonly object[]): unknown {
  if (typeof value === 'string') return redactedText(value);
  if (typeof value === 'number' || typeof value === 'bigint') return redactedNumber(value);
  if (typeof value === 'boolean' || value === null || value === undefined) return value;
  if (typeof value !== 'object') return `[${typeof value}]`;
  if (path.includes(value)) return '[circular]';
  if (path.length >= MAX_DEPTH) return '[deep]';
  return redactedObject(value, [...path, value]);
}

function redactedObject(value: object, path: readonly object[]): unknown {
  const inner = (item: unknown) => redacted(item, path);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return '[binary]';
  if ('toJSON' in value && typeof value.toJSON === 'function') return inner(value.toJSON());
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map(inner);
  if (value instanceof Map || value instanceof Set) return [...value].slice(0, MAX_ITEMS).map(inner);
  const members = Object.entries(value).slice(0, MAX_ITEMS);
  if (types.isNativeError(value)) members.unshift(...errorMembers(value));
  return Object.fromEntries(members.map(([key, item]) => [redactedText(key), inner(item)]));
}

/** The members of an error that are not enumerable. */
function errorMembers({ name, message, stack, cause }: Error): [string, unknown][] {
  const members: [string, unknown][] = Object.entries({ type: name, message, stack });
  return cause === undefined ? members : [...members, ['cause', cause]];
}

const redactedText = (text: string): string => escaped(KNOWN_SECRETS.redact(text));

function redactedNumber(value: number | bigint): unknown {
  if (typeof value === 'number' && Math.abs(value) < MIN_SECRET_NUMBER) return value;
  const text = String(value);
  const clean = KNOWN_SECRETS.redact(text);
  return typeof value === 'number' && clean === text ? value : clean;
}

/** A redacted text as a JSON string. Most texts need no escapes, and a regular expression takes five times as long as this loop. */
function quoted(text: string): string {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < SPACE || code > TILDE || code === QUOTE || code === BACKSLASH) return JSON.stringify(escaped(text));
  }
  return `"${text}"`;
}

function escaped(text: string): string {
  return text.replace(CONTROL_CHARACTERS, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
