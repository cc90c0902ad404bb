import { standardOutput } from './bounded-output';
import { logEvent } from './log-events';
import { createLogger, type Logger, type LoggerOptions } from './logger';
import type { Metrics } from './metrics';

/** The log of the process, on standard output. Dropped lines are counted, and logged as an event when the output is read again. */
export function standardLogger(options: Pick<LoggerOptions, 'level' | 'format'>, metrics: Metrics): Logger {
  const output = standardOutput();
  const logger = createLogger({ ...options, destination: output });
  output.listen({
    onDrop: (lines) => metrics.logLinesDropped.inc(lines),
    onRecover: (lines) => logEvent(logger, 'log.lines-dropped', { lines }),
  });
  return logger;
}
