import { type DestinationStream, type Logger as Pino, type LoggerOptions as PinoOptions, pino } from 'pino';
import { KNOWN_SECRETS } from '../secrets/known-secrets';
import { scrub } from './scrub';

type LogFormat = 'json' | 'pretty';
type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/**
 * The log of the process. Values that may be secret never come here; known ones that do all the same are
 * masked. It has no children: pino serialises their members before anything could clean them.
 */
export type Logger = Pick<Pino, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'>;

/** Where `Logger` is asked for in constructors. */
export const LOGGER = Symbol('LOGGER');

interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Where lines go; default: standard output. */
  readonly destination?: DestinationStream;
}

export function createLogger({ level, format, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: {},
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: named },
    hooks: { logMethod: logClean },
  };
  if (destination) return pino(options, destination);
  if (format === 'json') return pino(options);
  return pino({
    ...options,
    formatters: {},
    transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss' } },
  });
}

const named = (level: string) => ({ level });

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
