import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServiceProcess, startProcess } from '../support/service-process';

const DEMO = { PORT: '0', SANDBOX_PORT: '0', LOG_FORMAT: 'json' };

/** The levels that the process has changed to until now. */
const changes = (service: ServiceProcess) =>
  [...service.output().matchAll(/"event":"log\.level-changed","newLevel":"(\w+)"/g)].map(([, level]) => level);

describe('the log level of a running process [S-833]', () => {
  let service: ServiceProcess;

  afterEach(() => service.stop());

  it('is changed by SIGUSR2, and back to the configured one', async () => {
    service = await startProcess('dist/main.js', { ...DEMO, LOG_LEVEL: 'warn' });
    await service.prints(/curl -H/);
    for (const [index, level] of ['debug', 'trace', 'warn', 'debug'].entries()) {
      service.process.kill('SIGUSR2');
      await service.prints(new RegExp(`("newLevel":"\\w+".*){${index}}"newLevel":"${level}"`, 's'));
    }
    expect(changes(service)).toEqual(['debug', 'trace', 'warn', 'debug']);
  });

  it('is changed by a signal during the start as soon as there is a log', async () => {
    service = await startProcess('dist/cli/stagedoor.js', { ...DEMO, NODE_DEBUG: 'module' }, { words: ['start'] });
    await service.prints(/reflect-metadata/);
    service.process.kill('SIGUSR2');
    await service.prints(/"newLevel":"debug"/);
    await service.listens();
  });

  describe('with LOG_LEVEL_FILE', () => {
    let directory: string;
    let file: string;

    beforeEach(async () => {
      directory = await mkdtemp(join(tmpdir(), 'stagedoor-level-'));
      file = join(directory, 'level');
      await writeFile(file, 'warn\n');
      service = await startProcess('dist/main.js', { ...DEMO, LOG_LEVEL_FILE: file });
      await service.prints(/curl -H/);
    });
    afterEach(() => rm(directory, { recursive: true }));

    it('follows the content of the file, also when another takes its place', async () => {
      await writeFile(file, 'debug');
      await service.prints(/"newLevel":"debug"/);
      await writeFile(join(directory, 'next'), 'error\n');
      await rename(join(directory, 'next'), file);
      await service.prints(/"newLevel":"error"/);
      service.process.kill('SIGUSR2');
      await service.prints(/"newLevel":"error".*"newLevel":"debug"/s);
      expect(changes(service)).toEqual(['debug', 'error', 'debug']);
    });

    it('stays as it is when the file has another text or is gone, and the log says so without the text', async () => {
      await writeFile(file, 'hunter2');
      await service.prints(/"event":"log\.level-invalid"/);
      await rm(file);
      await service.prints(/("event":"log\.level-invalid".*){2}/s);
      await writeFile(file, 'info');
      await service.prints(/"newLevel":"info"/);
      expect(changes(service)).toEqual(['info']);
      expect(service.output()).not.toContain('hunter2');
    });
  });
});
