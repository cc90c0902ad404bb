import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, portOf } from '../support/ports';
import { openRawSocket, requestHead, statusesIn } from '../support/raw-socket';
import { type ServiceProcess, startProcess } from '../support/service-process';
import { slowRequest } from '../support/slow-request';

const ROOT = join(__dirname, '..', '..');
const DEMO = { PORT: '0', SANDBOX_PORT: '0', LOG_FORMAT: 'json' };
const HUB = '3bc1e69f-c520-446f-ab2c-01751fd66a31';

describe('the start and the end of the process', () => {
  const running: ServiceProcess[] = [];
  const start = async (env: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> => {
    const started = await startProcess('dist/main.js', { ...DEMO, ...env });
    running.push(started);
    return started;
  };
  afterEach(() => {
    for (const { process } of running.splice(0)) process.kill('SIGKILL');
  });

  async function startDemo(env: Readonly<Record<string, string>> = {}) {
    const service = await start(env);
    const [, key = '', url = ''] = await service.prints(/curl -H 'X-API-Key: (sd_\S+)' (\S+)\/api/);
    return { service, key, url };
  }

  it('exits with 0 and a sealed trail despite a silent connection, an unread response and an incomplete request', async () => {
    const { service, key, url } = await startDemo();
    const silent = await openRawSocket(url);
    const idle = await openRawSocket(url);
    idle.socket.write(requestHead('GET /health/live HTTP/1.1', 'Host: x'));
    while (statusesIn(idle.received()).length === 0) await new Promise(setImmediate);
    const partial = await openRawSocket(url);
    partial.socket.write('GET /health/live HTTP/1.1\r\nHo');
    const unread = await openRawSocket(url);
    unread.socket.pause();
    unread.socket.write(requestHead('GET /docs/swagger-ui-bundle.js HTTP/1.1', 'Host: x').repeat(20));
    const sent = slowRequest(`${url}/api/v1/integrations/hubs/${HUB}`, key);
    await sent.isReceived;
    service.process.kill('SIGTERM');
    await Promise.all([silent.closed, idle.closed]);
    sent.finish();
    expect(await sent.status).toBe(200);
    expect(await service.ended()).toBe(0);
    expect(service.output()).not.toContain('could not be sealed');
    await Promise.all([partial.closed, unread.socket.destroy()]);
  });

  it('still accepts requests during SHUTDOWN_DELAY, is not ready, and closes each connection after its response', async () => {
    const { service, key, url } = await startDemo({ SHUTDOWN_DELAY: '1s' });
    const kept = await openRawSocket(url);
    const read = requestHead('GET /api/v1/integrations HTTP/1.1', 'Host: x', `X-API-Key: ${key}`);
    kept.socket.write(read);
    while (!kept.received().endsWith('}')) await new Promise(setImmediate);
    expect(kept.received()).toMatch(/Connection: keep-alive/i);
    service.process.kill('SIGTERM');
    let ready = { status: 200, connection: '' };
    while (ready.status === 200) {
      const response = await fetch(`${url}/health/ready`);
      ready = { status: response.status, connection: response.headers.get('connection') ?? '' };
    }
    expect(ready).toEqual({ status: 503, connection: 'close' });
    // The second read would be a cache hit.
    kept.socket.write(read);
    expect(statusesIn(await kept.closed)).toEqual([200, 200]);
    expect(kept.received()).toMatch(/Connection: close/i);
    expect(await service.ended()).toBe(0);
  });

  it('is held up by no body that trickles: 408, which may be tried again, and exit 0', async () => {
    const { service, key, url } = await startDemo();
    const { socket, received, closed } = await openRawSocket(url);
    const headers = ['Host: x', `X-API-Key: ${key}`, 'Content-Type: application/json', 'Content-Length: 100000'];
    socket.write(requestHead(`POST /api/v1/integrations/hubs/${HUB} HTTP/1.1`, ...headers, 'Expect: 100-continue'));
    while (statusesIn(received()).length === 0) await new Promise(setImmediate);
    const trickle = setInterval(() => socket.write(' '), 100);
    service.process.kill('SIGTERM');
    expect(statusesIn(await closed)).toEqual([100, 408]);
    clearInterval(trickle);
    expect(received()).toMatch(/"retryable":true/);
    expect(await service.ended()).toBe(0);
    expect(service.output()).not.toContain('could not be sealed');
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGQUIT'] as const)(
    'on %s reports that it stops, how long that may take, and that it has stopped',
    async (signal) => {
      const { service } = await startDemo({ SHUTDOWN_DELAY: '0s', WRITE_DEADLINE: '7s' });
      service.process.kill(signal);
      expect(await service.ended()).toBe(0);
      const events = service
        .output()
        .split('\n')
        .filter((line) => /"server\.stop/.test(line))
        .map((line): Record<string, unknown> => JSON.parse(line));
      expect(events).toEqual([
        expect.objectContaining({ event: 'server.stopping', delayMs: 0, requestsMs: 12_000, allMs: 18_000 }),
        expect.objectContaining({ event: 'server.stopped' }),
      ]);
    },
  );

  it('ends at once on a second signal, though a request runs', async () => {
    const { service, key, url } = await startDemo({ SHUTDOWN_DELAY: '1m' });
    const sent = slowRequest(`${url}/api/v1/integrations/hubs/${HUB}`, key);
    sent.status.catch(() => undefined);
    await sent.isReceived;
    service.process.kill('SIGTERM');
    while ((await fetch(`${url}/health/ready`)).status === 200);
    service.process.kill('SIGTERM');
    expect(await service.ended()).toBe(143);
  });

  it('exits with 0 on SIGTERM during the start, before it listens', async () => {
    // Prints the modules that are loaded: those of the service follow those that handle the signal.
    const service = await start({ NODE_DEBUG: 'module' });
    await service.prints(/reflect-metadata/);
    service.process.kill('SIGTERM');
    expect(await service.ended()).toBe(0);
    expect(service.output()).not.toContain('Stagedoor listens');
  });

  it('receives SIGTERM that is sent to `npm run start:prod`', async () => {
    const { PATH = '' } = process.env;
    const directory = await mkdtemp(join(tmpdir(), 'stagedoor-npm-'));
    const npm = spawn('npm', ['run', '--silent', 'start:prod'], {
      cwd: ROOT,
      env: { PATH, ...DEMO, AUDIT_DIR: directory },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    npm.stdout.on('data', (chunk) => {
      output += chunk;
    });
    while (!/curl -H/.test(output)) await once(npm.stdout, 'data');
    const [, url = ''] = /listens on (http:\S+)/.exec(output) ?? [];
    npm.kill('SIGTERM');
    expect(await once(npm, 'exit')).toEqual([0, null]);
    await rm(directory, { recursive: true });
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
  });

  it('replaces the shell of each script that runs the service', async () => {
    const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    const servers = Object.values<string>(scripts).filter((script) =>
      /node (dist\/main\.js|src\/cli\/launch\.cjs sandbox)/.test(script),
    );
    expect(servers).toHaveLength(3);
    for (const script of servers) expect(script).toMatch(/exec node [^&;|]+$/);
  });

  it('serves health, and not the API, on the free port of MANAGEMENT_PORT=0, which it logs', async () => {
    const { service, url } = await startDemo({ MANAGEMENT_PORT: '0' });
    const [, management = ''] = await service.prints(/"managementUrl":"([^"]+)"/);
    const status = async (base: string, path: string) => (await fetch(base + path)).status;
    expect(await status(management, '/health/ready')).toBe(200);
    expect(await status(management, '/metrics')).toBe(200);
    expect(await status(management, '/api/v1/me')).toBe(404);
    expect(await status(management, '/docs')).toBe(404);
    expect(await status(url, '/health/ready')).toBe(404);
    expect(await status(url, '/api/v1/me')).toBe(401);
    expect(service.output()).toContain(`${management}/metrics\n`);
  });

  it.each(['PORT', 'MANAGEMENT_PORT', 'SANDBOX_PORT'])('prints one line when %s is in use', async (name) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const service = await start({ [name]: `${portOf(other)}` });
    expect(await service.ended()).toBe(1);
    expect(service.output()).toBe(
      `${name}: expected a port that no other process listens on, unlike 127.0.0.1:${portOf(other)}; ${name}=0 takes a free one\n`,
    );
    other.close();
  });

  it('prints one line when HOST is no address of the machine', async () => {
    const service = await start({ HOST: '192.0.2.1', PORT: `${await freePort()}`, LOG_LEVEL: 'silent' });
    expect(await service.ended()).toBe(1);
    expect(service.output()).toBe('HOST: expected an address of this machine\n');
  });
});
