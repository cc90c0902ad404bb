import { createRequire } from 'node:module';
import { type DestinationStream, type Logger as Pino, type LoggerOptions as PinoOptions, pino } from 'pino';
import { KNOWN_SECRETS } from '../secrets/known-secrets';
import { standardOutput } from './bounded-output';
import { quoted, redact } from './redact';

type LogFormat = 'json' | 'pretty';
type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/**
 * The log of the process. Callers must not pass secrets; known secrets are masked nevertheless. It has no child loggers, because pino
 * serialises their members before they could be redacted.
 */
export interface Logger extends Pick<Pino, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'> {
  /**
   * Writes the same line as `info` or `error` at a tenth of the cost, for the access log. `own` (JSON members without braces) and `message`
   * (JSON text without quotes) are constant texts of the program and are not redacted. `members`: names and values alternate, and undefined
   * values are omitted. In them the secrets of the line's tenant are masked, or all secrets without a tenant; in the ids of `owner` only
   * credentials are masked.
   */
  flat(own: string, owner: LineOwner, members: FlatMembers, message: string, level?: 'info' | 'error'): void;
}

/** Ids of the tenant and the caller of a line; undefined if unknown. */
export interface LineOwner {
  readonly tenant: string | undefined;
  readonly caller: string | undefined;
}

export type FlatMembers = readonly (string | undefined)[];

/** Injection token for `Logger`. */
export const LOGGER = Symbol('LOGGER');

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Default: standard output. */
  readonly destination?: DestinationStream;
}

export function createLogger({ level, format, destination: lines = standardOutput() }: LoggerOptions): Logger {
  const destination = format === 'json' ? lines : prettyLines(lines);
  const options = {
    level,
    base: {},
    timestamp: () => `,"time":"${isoTime()}"`,
    formatters: { level: named },
    hooks: { logMethod: logRedacted },
  };
  const logger = pino(options, destination);
  const isOn = { info: logger.isLevelEnabled('info'), error: logger.isLevelEnabled('error') };
  return Object.assign(logger, {
    flat(own: string, owner: LineOwner, members: FlatMembers, message: string, kind: 'info' | 'error' = 'info') {
      if (!isOn[kind]) return;
      const rest = `${ownerJson(owner)}${flatJson(members, owner.tenant)}`;
      destination.write(`{"level":"${kind}","time":"${isoTime()}",${own}${rest},"msg":"${message}"}\n`);
    },
  });
}

/**
 * Formats in this thread, although that is slower: a worker thread would have an unlimited queue. `pino-pretty` is loaded only if it is used,
 * because loading takes 20 ms.
 */
function prettyLines(lines: DestinationStream): DestinationStream {
  const { prettyFactory }: typeof import('pino-pretty') = createRequire(__filename)('pino-pretty');
  const pretty = prettyFactory({ translateTime: 'HH:MM:ss' });
  return { write: (line) => lines.write(pretty(line)) };
}

const named = (level: string) => ({ level });

/** RFC 3339 with milliseconds; formatted at most once a millisecond. */
function isoTime(): string {
  const now = Date.now();
  if (now !== madeAt) {
    madeAt = now;
    made = new Date(now).toISOString();
  }
  return made;
}
let madeAt = Number.NaN;
let made = '';

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

const redacted = (value: unknown) => redact(value, KNOWN_SECRETS);

/**
 * Masks known secrets in all arguments before they are serialised, in case a caller passes one (N1). A lone error becomes `err` and its
 * message, as in pino.
 */
const logRedacted: NonNullable<NonNullable<PinoOptions['hooks']>['logMethod']> = function (args, method) {
  const [first, ...others] = args;
  const members = first instanceof Error ? [{ err: first }, ...(others.length > 0 ? others : [first.message])] : args;
  Reflect.apply(method, this, members.map(redacted));
};
