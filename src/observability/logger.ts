import { createRequire } from 'node:module';
import { type DestinationStream, type Logger as Pino, type LoggerOptions as PinoOptions, pino } from 'pino';
import { KNOWN_SECRETS } from '../secrets/known-secrets';
import { quoted, redact } from './redact';
import { standardOutput } from './standard-output';

type LogFormat = 'json' | 'pretty';
type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/**
 * The log of the process. Values that may be secret never come here; known ones that do all the same are
 * masked. It has no children: pino serialises their members before anything could clean them.
 */
export interface Logger extends Pick<Pino, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'> {
  /**
   * What `info` or `error` would write, at a tenth of the cost: for the line that every request leaves. `own` are members and `message` a text
   * that are the program's own words, as JSON without braces and quotes; `members` are names and values in turn, and what is undefined is
   * left out. They are cleaned of the secrets of the line's tenant, without one of everybody's; the owner itself of credentials alone.
   */
  flat(own: string, owner: LineOwner, members: FlatMembers, message: string, level?: 'info' | 'error'): void;
}

/** Ids of the tenant and the caller that a line is about; undefined where nobody is known. */
export interface LineOwner {
  readonly tenant: string | undefined;
  readonly caller: string | undefined;
}

export type FlatMembers = readonly (string | undefined)[];

/** Where `Logger` is asked for in constructors. */
export const LOGGER = Symbol('LOGGER');

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Where lines go; default: standard output. */
  readonly destination?: DestinationStream;
}

export function createLogger({ level, format, destination: lines = standardOutput() }: LoggerOptions): Logger {
  const destination = format === 'json' ? lines : prettyLines(lines);
  const options = {
    level,
    base: {},
    timestamp: () => `,"time":"${isoTime()}"`,
    formatters: { level: named },
    hooks: { logMethod: logClean },
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
 * In this thread, although that is slower: a thread of its own would have a queue of its own, without a bound. LoadedResponse only where
 * it is used, as it would add 20 ms to every start.
 */
function prettyLines(lines: DestinationStream): DestinationStream {
  const { prettyFactory }: typeof import('pino-pretty') = createRequire(__filename)('pino-pretty');
  const pretty = prettyFactory({ translateTime: 'HH:MM:ss' });
  return { write: (line) => lines.write(pretty(line)) };
}

const named = (level: string) => ({ level });

/** RFC 3339 with milliseconds; made once a millisecond. */
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

/** Who did it stays readable, whatever a tenant stores as a secret. */
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

const clean = (value: unknown) => redact(value, KNOWN_SECRETS);

/**
 * The last line of defence (N1): whatever comes to be logged is cleaned of known secrets before it is serialised. An error
 * by itself becomes what pino would make of it.
 */
const logClean: NonNullable<NonNullable<PinoOptions['hooks']>['logMethod']> = function (args, method) {
  const [first, ...others] = args;
  const told = first instanceof Error ? [{ err: first }, ...(others.length > 0 ? others : [first.message])] : args;
  Reflect.apply(method, this, told.map(clean));
};
