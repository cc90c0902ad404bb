import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import supertest from 'supertest';
import { DEMO_OPERATIONS } from '../../src/api/demo/demo-operations';
import { RequestHook } from '../../src/api/hooks/request.hook';
import { ROOT } from '../support/repository';
import { type ServiceProcess, startProcess } from '../support/service-process';
import { HUBS, startStagedoor } from '../support/stagedoor';

const FREE_PORTS = { PORT: '0', SANDBOX_PORT: '0' };
const SECRET_KEY = randomBytes(32).toString('hex');
const INTEGRATIONS = '/api/v1/integrations';

const idOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** Runs a command that the banner prints, where a person would. */
const run = (command: string) => promisify(execFile)('sh', ['-c', command], { cwd: ROOT });

describe('the demo', () => {
  jest.setTimeout(60_000);

  const start = async (env = {}, directory?: string) => {
    const service = await startProcess('dist/main.js', { ...FREE_PORTS, ...env }, directory ? { directory } : {});
    await service.prints(/Ctrl-C/);
    return service;
  };
  const keysOf = (service: ServiceProcess): Readonly<Record<string, string>> =>
    Object.fromEntries(
      [...service.output().matchAll(/^ {2}(\S+) +(sd_\S+) /gm)].map(([, caller = '', key = '']) => [caller, key]),
    );

  describe('as it starts without configuration', () => {
    let service: ServiceProcess;
    let url: string;
    beforeAll(async () => {
      service = await start();
      url = await service.listens();
    });

    const as = (caller: string) => supertest.agent(url).set('x-api-key', keysOf(service)[caller] ?? '');
    const uncached = (caller: string) => as(caller).get(INTEGRATIONS).set('cache-control', 'no-cache');
    const fail = (body: object = { kind: 'retry' }) => as('acme-app').post('/demo/faults').send(body);
    const sign = (integrationId: unknown) => as('acme-app').post('/demo/webhooks').send({ integrationId });

    it('has an integration of each documented channel and of another one, with fixed ids', async () => {
      const { body } = await as('acme-app').get(INTEGRATIONS).expect(200);
      expect(
        body.results.map(({ integrationId, hubId, channelId, name, statusId }: Record<string, unknown>) => [
          ...[integrationId, hubId, channelId, name, statusId],
        ]),
      ).toEqual([
        [idOf(1), HUBS.acme, 'Direct', 'Web app', 3000],
        [idOf(2), HUBS.acme, 'WebChat', 'Help on acme.example', 3000],
        [idOf(3), HUBS.acme, 'TwilioSMS', 'Orders by SMS', 3000],
        [idOf(4), HUBS.acme, 'Messenger', 'Acme on Messenger', 3002],
        [idOf(5), HUBS.acme, 'Slack', 'Agents in Slack', 3000],
        [idOf(6), HUBS.acme, 'System', 'Event archive', 3000],
        [idOf(7), HUBS.acme, 'Telegram', 'Acme on Telegram', 3000],
      ]);
      for (let number = 1; number <= 7; number += 1)
        await as('acme-app')
          .get(`${INTEGRATIONS}/${idOf(number)}`)
          .expect(200);
    });

    it('shows none of their secrets', async () => {
      const { text } = await as('acme-app').get(INTEGRATIONS).expect(200);
      expect(text).toContain('********');
      expect(text).not.toContain('token-of-the-demo');
    });

    it('has a gateway for both tenants', async () => {
      const list = (tenant: string) => as('gateway').get(INTEGRATIONS).set('x-tenant-id', tenant);
      expect((await list('acme').expect(200)).body.total).toBe(7);
      expect((await list('globex').expect(200)).body.results).toMatchObject([{ integrationId: idOf(11) }]);
      await as('gateway').get(INTEGRATIONS).expect(400);
      expect((await as('gateway').get('/api/v1/me').expect(200)).body.tenants).toEqual(['acme', 'globex']);
    });

    it('has a reader that may not write, and gets 429 after six requests', async () => {
      const reader = () => as('acme-reader').delete(`${INTEGRATIONS}/${idOf(1)}`);
      await reader().expect(403);
      for (let request = 2; request <= 6; request += 1) await as('acme-reader').get(INTEGRATIONS).expect(200);
      const { headers } = await as('acme-reader').get(INTEGRATIONS).expect(429);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    });

    it('prints an example that works when it is pasted', async () => {
      const [command = ''] = /curl -H .+/.exec(service.output()) ?? [];
      const { stdout } = await run(`${command} -s`);
      expect(JSON.parse(stdout)).toMatchObject({ channelId: 'TwilioSMS', configuration: { authToken: '********' } });
    });

    it('lets the next two calls of one tenant fail, so that a read is tried three times', async () => {
      // A second request replaces the first: four failures would be more than a read survives.
      await fail().expect(200);
      expect((await fail().expect(200)).body).toEqual({ hint: expect.stringContaining('no-cache') });
      expect((await uncached('globex-app').expect(200)).headers['server-timing']).toContain('attempts;desc="1"');
      expect((await uncached('acme-app').expect(200)).headers['server-timing']).toContain('attempts;desc="3"');
      expect((await uncached('acme-app').expect(200)).headers['server-timing']).toContain('attempts;desc="1"');
    });

    it('signs webhooks that are valid byte for byte', async () => {
      for (const number of [1, 6]) {
        const { headers, body } = (await sign(idOf(number)).expect(200)).body;
        const verify = (bytes: string) =>
          fetch(`${url}/api/v1/webhooks/verify`, {
            method: 'POST',
            headers: { ...headers, 'x-api-key': keysOf(service)['acme-app'] ?? '' },
            body: bytes,
          }).then((response) => response.json());
        expect(await verify(body)).toMatchObject({ valid: true, integrationId: idOf(number), key: 'current' });
        expect(await verify(`${body} `)).toEqual({ valid: false, reason: 'bad-signature' });
      }
    });

    it('signs none for an integration without keys, of another tenant or that does not exist', async () => {
      for (const number of [2, 11, 99]) await sign(idOf(number)).expect(404);
    });

    it('rejects requests to its routes that are not valid, and callers that are unknown', async () => {
      for (const body of [{}, { kind: 'chaos' }, { kind: 'retry', more: 1 }]) await fail(body).expect(400);
      for (const id of [undefined, 7, 'no-guid']) await sign(id).expect(400);
      for (const path of Object.keys(DEMO_OPERATIONS)) await supertest(url).post(path).send({}).expect(401);
    });
  });

  it('has the same keys after a restart, and a trail that its printed command verifies', async () => {
    const first = await start();
    const keys = keysOf(first);
    expect(Object.keys(keys)).toEqual(['acme-app', 'globex-app', 'gateway', 'acme-reader']);
    expect((await stat(join(first.directory, 'data/demo-secret-key'))).mode & 0o777).toBe(0o600);
    expect(await first.stop()).toBe(0);

    const second = await start({}, first.directory);
    expect(keysOf(second)).toEqual(keys);
    expect(await second.stop()).toBe(0);
    const [, command = ''] = /^ {2}(SECRET_KEY_FILE=.+)$/m.exec(second.output()) ?? [];
    const { stdout } = await run(command);
    expect(stdout).toMatch(/in 2 chains\nok\n$/);
  });

  it('has keys that follow from SECRET_KEY, where it is set, and keeps none', async () => {
    const [one, other] = [await start({ SECRET_KEY }), await start({ SECRET_KEY })];
    expect(keysOf(one)).toEqual(keysOf(other));
    expect(one.output()).toContain('with this SECRET_KEY');
    await expect(stat(join(one.directory, 'data/demo-secret-key'))).rejects.toThrow('ENOENT');
  });

  it('has random keys where data/ cannot be written, and says so', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'stagedoor-demo-'));
    await writeFile(join(directory, 'data'), '');
    const service = await start({ AUDIT_DIR: './trail' }, directory);
    expect(service.output()).toContain('until the next start, as data/ cannot be written');
    expect(service.output()).not.toContain('audit:verify');
  });

  it('has routes that exist nowhere else and are in no published document', async () => {
    const [demo, service] = [await startStagedoor({ demoKeyOf: 'acme-app' }), await startStagedoor()];
    const routes = demo.app.get(RequestHook).routes.routes.filter(({ url }) => url.startsWith('/demo'));
    expect(routes.map(({ url }) => url).sort()).toEqual(Object.keys(DEMO_OPERATIONS).sort());
    for (const path of Object.keys(DEMO_OPERATIONS)) await service.as('acme-app').post(path).send({}).expect(404);
    const { body } = await demo.as().get('/openapi.json').expect(200);
    expect(Object.keys(body.paths).filter((path) => path.startsWith('/demo'))).toEqual([]);
    await Promise.all([demo.close(), service.close()]);
  });
});
