import { type DestinationStream, type Logger as Pino, pino } from 'pino';

type LogFormat = 'json' | 'pretty';
type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** The log of the process. Values that may be secret never come here. */
export type Logger = Pino;

/** Where `Logger` is asked for in constructors. */
export const LOGGER = Symbol('LOGGER');

interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Where lines go; default: standard output. */
  readonly destination?: DestinationStream;
}

export function createLogger({ level, format, destination }: LoggerOptions): Logger {
  const options = { level, base: {}, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: named } };
  if (destination) return pino(options, destination);
  if (format === 'json') return pino(options);
  return pino({
    ...options,
    formatters: {},
    transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss' } },
  });
}

const named = (level: string) => ({ level });
