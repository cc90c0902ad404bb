import { randomBytes } from 'node:crypto';
import supertest from 'supertest';
import { freePort } from '../support/ports';
import { type ServiceProcess, startProcess } from '../support/service-process';
import { slowRequest } from '../support/slow-request';

const STAGEDOOR = 'dist/cli/stagedoor.js';
const DEMO = { PORT: '0', SANDBOX_PORT: '0' };

describe('the built service as a process', () => {
  const running: ServiceProcess[] = [];
  const start = async (
    entry: string,
    env: Readonly<Record<string, string>>,
    ...words: readonly string[]
  ): Promise<ServiceProcess> => {
    const started = await startProcess(entry, env, { words });
    running.push(started);
    return started;
  };
  afterEach(() => {
    for (const { process } of running.splice(0)) process.kill('SIGKILL');
  });

  it('starts as a demo without configuration, and prints URLs, keys and an example', async () => {
    const demo = await start('dist/main.js', DEMO);
    const [, key = '', url = ''] = await demo.prints(
      /curl -H 'X-API-Key: (sd_\S+)' (\S+)\/api\/v1\/integrations\/\S+\n/,
    );
    expect(demo.output()).toContain(`${url}/docs`);
    expect(demo.output()).toMatch(/acme-app +sd_\S+/);
    expect(demo.output()).toMatch(/globex-app +sd_\S+/);
    const { body } = await supertest(url).get('/api/v1/integrations').set('x-api-key', key).expect(200);
    expect(body).toMatchObject({ pageNumber: 0, pageSize: 50, total: 7 });
  });

  it('becomes unready on SIGTERM, finishes running requests, seals the trail and exits with 0', async () => {
    const demo = await start('dist/main.js', DEMO);
    const [, key = '', url = ''] = await demo.prints(/curl -H 'X-API-Key: (sd_\S+)' (\S+)\/api/);
    const sent = slowRequest(`${url}/api/v1/integrations/hubs/3bc1e69f-c520-446f-ab2c-01751fd66a31`, key);
    await sent.isReceived;
    demo.process.kill('SIGTERM');
    await until(async () => (await statusOf(`${url}/health/ready`)) !== 200);
    sent.finish();
    expect(await sent.status).toBe(200);
    expect(await demo.ended()).toBe(0);
  });

  it('lists every violation of its configuration at once, without a value, and exits with 1', async () => {
    const broken = await start('dist/main.js', {
      PORT: 'hunter2',
      CACHE_FRESH: 'hunter2',
      HUBSTER_PORTAL_URL: 'http://hunter2.example',
      SECRET_KEY: 'hunter2',
    });
    expect(await broken.ended()).toBe(1);
    for (const name of ['PORT', 'CACHE_FRESH', 'HUBSTER_IDENTITY_URL', 'SECRET_KEY'])
      expect(broken.output()).toContain(name);
    expect(broken.output()).not.toContain('hunter2');
  });

  it('checks the configuration without a start (stagedoor check), and lists every violation', async () => {
    const demo = await start(STAGEDOOR, {}, 'check');
    expect(await demo.ended()).toBe(0);
    expect(demo.output()).toContain('The configuration is valid');
    const broken = await start(STAGEDOOR, { PORT: 'hunter2', TENANTS_FILE: '/nowhere' }, 'check');
    expect(await broken.ended()).toBe(1);
    expect(broken.output()).toMatch(/PORT: [\s\S]*SECRET_KEY: /);
    expect(broken.output()).not.toContain('hunter2');
  });

  it.each([
    ['dist/main.js', []],
    [STAGEDOOR, ['start']],
  ])('%s %j does not open the inspector on SIGUSR1, or do anything else [S-834]', async (entry, words) => {
    const demo = await start(entry, DEMO, ...words);
    const url = await demo.listens();
    demo.process.kill('SIGUSR1');
    expect(await statusOf(`${url}/health/live`)).toBe(200);
    expect(await demo.stop()).toBe(0);
    expect(demo.output()).not.toMatch(/debugger/i);
  });

  it('opens no inspector on SIGUSR1 in another command [S-834]', async () => {
    const sandbox = await start(STAGEDOOR, { SANDBOX_PORT: '0' }, 'sandbox');
    const [url = ''] = await sandbox.prints(/http:\/\/127\.0\.0\.1:\d+/);
    sandbox.process.kill('SIGUSR1');
    expect(await statusOf(`${url}/sandbox/journal`)).toBe(200);
    sandbox.process.kill('SIGTERM');
    expect(await sandbox.ended()).toBe(0);
    expect(sandbox.output()).not.toMatch(/debugger/i);
  });

  it.each(['SIGHUP', 'SIGUSR2'] as const)(
    '%s does not end it, during the start, while it serves without a tenants file, or while it drains',
    async (signal) => {
      const demo = await start('dist/main.js', { ...DEMO, NODE_DEBUG: 'module', SHUTDOWN_DELAY: '1s' });
      // The modules that are loaded are printed: the first of the service's own are behind those that take the signal.
      await demo.prints(/reflect-metadata/);
      demo.process.kill(signal);
      const url = await demo.listens();
      demo.process.kill(signal);
      expect(await statusOf(`${url}/health/live`)).toBe(200);
      demo.process.kill('SIGTERM');
      await until(async () => (await statusOf(`${url}/health/ready`)) !== 200);
      demo.process.kill(signal);
      expect(await demo.ended()).toBe(0);
      expect(demo.output()).not.toMatch(/could not be sealed|tenants file/);
    },
  );

  it('does not start as a demo in production', async () => {
    const demo = await start('dist/main.js', { NODE_ENV: 'production', PORT: '0' });
    expect(await demo.ended()).toBe(1);
    expect(demo.output()).toContain('SECRET_KEY');
  });

  it('warns of settings without effect and of limits for this process only', async () => {
    const single = await start('dist/main.js', {
      PORT: '0',
      HUBSTER_PORTAL_URL: 'http://127.0.0.1:9',
      HUBSTER_IDENTITY_URL: 'http://127.0.0.1:9',
      HUBSTER_CLIENT_ID: 'hubster.portal.api.0000',
      HUBSTER_CLIENT_SECRET: randomBytes(16).toString('hex'),
      STAGEDOOR_API_KEY: `sd_${'k'.repeat(43)}`,
      SECRET_KEY: randomBytes(32).toString('hex'),
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    });
    await single.prints(/local to this process/);
    await single.prints(/traces are not supported yet/);
    const demo = await start('dist/main.js', DEMO);
    await demo.prints(/curl -H/);
    expect(demo.output()).not.toMatch(/local to this process|traces are not/);
  });

  it('serves health and metrics only on MANAGEMENT_PORT when it is configured', async () => {
    const port = await freePort();
    const demo = await start('dist/main.js', { ...DEMO, MANAGEMENT_PORT: `${port}` });
    const [, url = ''] = await demo.prints(/(http:\S+)\/docs/);
    const management = `http://127.0.0.1:${port}`;
    expect(await statusOf(`${management}/health/ready`)).toBe(200);
    expect(await statusOf(`${management}/metrics`)).toBe(200);
    expect(await statusOf(`${management}/docs`)).toBe(404);
    expect(await statusOf(`${url}/metrics`)).toBe(404);
    expect(await statusOf(`${url}/health/live`)).toBe(404);
  });

  it('runs the sandbox alone', async () => {
    const sandbox = await start(STAGEDOOR, { SANDBOX_PORT: '0' }, 'sandbox');
    const [url = ''] = await sandbox.prints(/http:\/\/127\.0\.0\.1:\d+/);
    expect(await statusOf(`${url}/sandbox/journal`)).toBe(200);
    sandbox.process.kill('SIGTERM');
    expect(await sandbox.ended()).toBe(0);
  });
});

async function statusOf(url: string): Promise<number> {
  const response = await fetch(url).catch(() => undefined);
  return response?.status ?? 0;
}

/** Polls with a request each time. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}
