import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config/config';
import { logEvent } from '../../observability/log/log-events';
import { LOGGER, type Logger } from '../../observability/log/logger';

type Level = Config['log']['level'];

/** Where `next` leads from the configured level, one after the other. */
const MORE_DETAILED: readonly Level[] = ['debug', 'trace'];

/** The level of the running log. Each change is a line of the log, whatever the levels are. */
@Injectable()
export class LogLevel {
  #configured: Level;
  #current: Level;

  constructor(
    { log }: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.#configured = log.level;
    this.#current = log.level;
  }

  /** From the configured level to debug, to trace, and back. */
  next(): void {
    const levels = [...new Set([this.#configured, ...MORE_DETAILED])];
    this.#change(levels[levels.indexOf(this.#current) + 1] ?? this.#configured);
  }

  /** Sets the configured level, which is then in force. Undefined, where the file has no level: the one in force stays. */
  configure(level: Level | undefined): void {
    if (level === undefined) {
      logEvent(this.logger, 'log.level-invalid');
      return;
    }
    this.#configured = level;
    this.#change(level);
  }

  #change(level: Level): void {
    this.#current = level;
    // The line is written at a level that shows it, whatever the other two are.
    this.logger.level = 'info';
    logEvent(this.logger, 'log.level-changed', { newLevel: level });
    this.logger.level = level;
  }
}
