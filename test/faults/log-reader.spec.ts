import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { type ServiceProcess, startProcess } from '../support/service-process';

const DEMO = { PORT: '0', SANDBOX_PORT: '0' };
/** As long as one may be, so that lines are long. */
const REQUEST_ID = 'r'.repeat(120);
/** Connections that send at once. */
const CONNECTIONS = 8;

/** Starts the demo, and stops reading what it writes as soon as its address is known. */
async function startUnread(env: Readonly<Record<string, string>>): Promise<{ service: ServiceProcess; url: string }> {
  const service = await startProcess('dist/main.js', { ...DEMO, ...env });
  await service.prints(/curl -H/);
  const url = await service.listens();
  for (const stream of [service.process.stdout, service.process.stderr]) stream?.pause();
  return { service, url };
}

/** Sends so many requests, and resolves when all have their response. */
async function send(url: string, count: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let left = count;
  const sendSome = async () => {
    while (left-- > 0) {
      const sent = request(`${url}/api/v1/none`, { agent, headers: { 'x-request-id': REQUEST_ID } }).end();
      const [response] = await once(sent, 'response');
      await once(response.resume(), 'end');
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, sendSome));
  agent.destroy();
}

async function droppedLines(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^stagedoor_log_lines_dropped_total (\d+)$/m.exec(text)?.[1]);
}

describe('a log that nobody reads', () => {
  jest.setTimeout(60_000);

  it.each(['json', 'pretty'])(
    '%s: everything is served, what is dropped is counted, and reported when somebody reads again',
    async (LOG_FORMAT) => {
      const { service, url } = await startUnread({ LOG_FORMAT });
      while ((await droppedLines(url)) === 0) await send(url, 1000);
      expect(await (await fetch(`${url}/health/live`)).json()).toEqual({ status: 'ok' });
      service.process.stdout?.resume();
      await service.prints(/Lines of the log were dropped/);
      expect(await service.stop()).toBe(0);
    },
  );

  it.each(['json', 'pretty'])('%s: SIGTERM ends it all the same, with 0', async (LOG_FORMAT) => {
    const { service, url } = await startUnread({ LOG_FORMAT });
    await send(url, 3000);
    service.process.kill('SIGTERM');
    expect(await service.ended()).toBe(0);
  });

  it('a reader that goes away is not missed', async () => {
    const { service, url } = await startUnread({ LOG_FORMAT: 'json' });
    service.process.stdout?.destroy();
    service.process.stderr?.destroy();
    await send(url, 500);
    expect(await (await fetch(`${url}/health/live`)).json()).toEqual({ status: 'ok' });
    service.process.kill('SIGTERM');
    expect(await service.ended()).toBe(0);
  });

  it('a start that fails ends although nobody reads standard error', async () => {
    // The pipe is full before the service starts, as of another process that shares it.
    const script = `
      const { spawn } = require('node:child_process');
      const { writeSync } = require('node:fs');
      void process.stderr;
      try { for (;;) writeSync(2, 'x'.repeat(4096)); } catch {}
      spawn(process.execPath, ['dist/main.js'], { env: { PORT: 'none' }, stdio: ['ignore', 'ignore', 'inherit'] })
        .once('exit', (status) => process.exit(status));`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.pause();
    const [status] = await once(child, 'exit');
    expect(status).toBe(1);
  });
});
