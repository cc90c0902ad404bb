import type { Config } from '../../config/config';
import { readConfig } from '../../config/environment/read-config';
import { createLogger } from '../../observability/log/logger';
import { LogLevel } from './log-level';

type Level = Config['log']['level'];

function logOf(level: Level) {
  const lines: string[] = [];
  const logger = createLogger({ level, format: 'json', destination: { write: (line) => void lines.push(line) } });
  const config = readConfig({});
  const logLevel = new LogLevel({ ...config, log: { ...config.log, level } }, logger);
  return { logger, logLevel, written: () => lines.splice(0).map((line): object => JSON.parse(line)) };
}

describe('LogLevel [S-833]', () => {
  it.each<[Level, Level[]]>([
    ['info', ['debug', 'trace', 'info']],
    ['error', ['debug', 'trace', 'error']],
    ['silent', ['debug', 'trace', 'silent']],
    ['debug', ['trace', 'debug', 'trace']],
    ['trace', ['debug', 'trace', 'debug']],
  ])('goes from %s to %j, and each change is a line', (level, expected) => {
    const { logger, logLevel, written } = logOf(level);
    for (const next of expected) {
      logLevel.next();
      expect(logger.level).toBe(next);
      expect(written()).toMatchObject([{ event: 'log.level-changed', newLevel: next }]);
    }
  });

  it('changes what the access log writes', () => {
    const { logger, logLevel, written } = logOf('error');
    const request = () => logger.flat('"event":"request"', { tenant: undefined, caller: undefined }, [], 'x');
    request();
    expect(written()).toEqual([]);
    logLevel.next();
    request();
    expect(written()).toMatchObject([{ event: 'log.level-changed' }, { event: 'request' }]);
  });

  it('goes back to the level that the file has now', () => {
    const { logger, logLevel } = logOf('info');
    logLevel.next();
    logLevel.configure('warn');
    expect(logger.level).toBe('warn');
    for (const next of ['debug', 'trace', 'warn']) {
      logLevel.next();
      expect(logger.level).toBe(next);
    }
  });

  it('stays where it is when the file has no level, and says so', () => {
    const { logger, logLevel, written } = logOf('info');
    logLevel.next();
    written();
    logLevel.configure(undefined);
    expect(logger.level).toBe('debug');
    expect(written()).toMatchObject([{ event: 'log.level-invalid', level: 'error' }]);
  });
});
