import { type DestinationStream, type Logger as Pino, type LoggerOptions as PinoOptions, pino } from 'pino';
import { KNOWN_SECRETS } from '../secrets/known-secrets';
import { quoted, scrub } from './scrub';
import { standardOutput } from './standard-output';

type LogFormat = 'json' | 'pretty';
type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/**
 * The log of the process. Values that may be secret never come here; known ones that do all the same are
 * masked. It has no children: pino serialises their members before anything could clean them.
 */
export interface Logger extends Pick<Pino, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'> {
  /** What `info` would write, at a tenth of its cost: for the line that every request leaves. What is undefined is left out. */
  flat(members: Readonly<Record<string, string | number | undefined>>, message: string): void;
}

/** Where `Logger` is asked for in constructors. */
export const LOGGER = Symbol('LOGGER');

interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Where lines go; default: standard output. */
  readonly destination?: DestinationStream;
}

export function createLogger({ level, format, destination = outputFor(format) }: LoggerOptions): Logger {
  const options = {
    level,
    base: {},
    timestamp: () => `,"time":"${isoTime()}"`,
    formatters: { level: named },
    hooks: { logMethod: logClean },
  };
  const logger = pino(options, destination);
  const isSilent = !logger.isLevelEnabled('info');
  return Object.assign(logger, {
    flat(members: Readonly<Record<string, string | number | undefined>>, message: string) {
      if (!isSilent)
        destination.write(
          `{"level":"info","time":"${isoTime()}"${flatJson(members)},"msg":${quoted(message, KNOWN_SECRETS)}}\n`,
        );
    },
  });
}

function outputFor(format: LogFormat): DestinationStream {
  if (format === 'json') return standardOutput();
  return pino.transport({ target: 'pino-pretty', options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss' } });
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

function flatJson(members: Readonly<Record<string, string | number | undefined>>): string {
  let json = '';
  for (const name in members) {
    const value = members[name];
    if (value !== undefined) json += `,"${name}":${typeof value === 'string' ? quoted(value, KNOWN_SECRETS) : value}`;
  }
  return json;
}

const clean = (value: unknown) => scrub(value, KNOWN_SECRETS);

/**
 * The last line of defence (N1): whatever comes to be logged is cleaned of known secrets before it is serialised. An error
 * by itself becomes what pino would make of it.
 */
const logClean: NonNullable<NonNullable<PinoOptions['hooks']>['logMethod']> = function (args, method) {
  const [first, ...others] = args;
  const told = first instanceof Error ? [{ err: first }, ...(others.length > 0 ? others : [first.message])] : args;
  Reflect.apply(method, this, told.map(clean));
};
