import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { type ServiceProcess, startProcess } from '../support/service-process';

const DEMO = { PORT: '0', SANDBOX_PORT: '0' };
/** Long, so that lines of the log are long. */
const REQUEST_ID = 'r'.repeat(120);
/** Connections that send at once. */
const CONNECTIONS = 8;

/** Starts the demo, and stops reading its output as soon as its URL is known. */
async function startUnread(env: Readonly<Record<string, string>>): Promise<{ service: ServiceProcess; url: string }> {
  const service = await startProcess('dist/main.js', { ...DEMO, ...env });
  await service.prints(/curl -H/);
  const url = await service.listens();
  for (const stream of [service.process.stdout, service.process.stderr]) stream?.pause();
  return { service, url };
}

/** Sends `count` requests, and resolves when all responses are complete. */
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

describe('a log without a reader', () => {
  jest.setTimeout(60_000);

  it.each(['json', 'pretty'])(
    '%s: does not delay requests; dropped lines are counted, and reported when reading continues',
    async (LOG_FORMAT) => {
      const { service, url } = await startUnread({ LOG_FORMAT });
      while ((await droppedLines(url)) === 0) await send(url, 1000);
      expect(await (await fetch(`${url}/health/live`)).json()).toEqual({ status: 'ok' });
      service.process.stdout?.resume();
      await service.prints(/Log lines were dropped/);
      expect(await service.stop()).toBe(0);
    },
  );

  it.each(['json', 'pretty'])('%s: does not prevent the exit with 0 on SIGTERM', async (LOG_FORMAT) => {
    const { service, url } = await startUnread({ LOG_FORMAT });
    await send(url, 3000);
    service.process.kill('SIGTERM');
    expect(await service.ended()).toBe(0);
  });

  it('does not matter when the reader closes its end', async () => {
    const { service, url } = await startUnread({ LOG_FORMAT: 'json' });
    service.process.stdout?.destroy();
    service.process.stderr?.destroy();
    await send(url, 500);
    expect(await (await fetch(`${url}/health/live`)).json()).toEqual({ status: 'ok' });
    service.process.kill('SIGTERM');
    expect(await service.ended()).toBe(0);
  });

  it('does not prevent the exit after a failed start', async () => {
    // The pipe is full before the service starts, as if another process shared it.
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
