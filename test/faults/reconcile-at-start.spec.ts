import { join } from 'node:path';
import supertest from 'supertest';
import { makeApiKey } from '../../src/access/api-key';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { canary } from '../support/canaries';
import { PostgresServer } from '../support/postgres-server';
import { RedisServer } from '../support/redis-server';
import { type ServiceProcess, startService } from '../support/service-process';
import { HUBS, type RecordedCall, SECRET_KEY } from '../support/stagedoor';

const HUB = `/api/v1/integrations/hubs/${HUBS.acme}`;
/** The clock of the killed process is so far behind that the next start does not take its writes for running ones. */
const CLOCK_BEHIND_MS = 10 * 60 * 1000;
const CLOCK_BEHIND = join(__dirname, '..', 'support', 'clock-behind.cjs');

const webChat = (name: string) => ({ channelId: 'WebChat', name, configuration: { allowedOrigins: ['localhost'] } });
const twilio = (name: string) => ({
  ...{ channelId: 'TwilioSMS', name },
  configuration: { authToken: canary('token of the killed').value, accountSid: 'AC1', numberSid: 'PN1' },
});
const slack = (name: string) => ({ channelId: 'Slack', name, configuration: { code: 'T1.one', state: 'TODO:' } });
const system = (name: string) => ({
  ...{ channelId: 'System', name },
  configuration: { webhookUrl: 'https://hook.io/in', events: ['message'] },
});
/** Creates that are carried out, and of which the trail said unknown before: one that is then listed with an id that is cut off, … */
const UNREADABLE = 'create-unreadable';
/** … and one of which the trail masks the name, as it is a secret of the tenant as well. */
const HIDDEN = 'create-hidden';
const HIDDEN_NAME = 'Support line Hidden';
const direct = (name: string) => ({
  ...{ channelId: 'Direct', name },
  configuration: { integrationType: 'Agent', webhookUrl: 'https://hook.io/in' },
});

interface TrailEvent {
  readonly phase: string;
  readonly id: string;
  readonly intentId?: string;
  readonly requestId: string;
  readonly outcome?: string;
  readonly status?: number;
  readonly target?: { readonly id?: string };
  readonly changes?: readonly { readonly pointer: string; readonly to: unknown }[];
}

jest.setTimeout(60_000);

describe.each(['file', 'postgres'])(
  'the start after a process was killed between intent and outcome, with its trail in %s',
  (store) => {
    let sandbox: Sandbox;
    let redis: RedisServer | undefined;
    let postgres: PostgresServer | undefined;
    let database: string | undefined;
    let killed: ServiceProcess;
    const started: ServiceProcess[] = [];
    const key = makeApiKey().key.reveal();
    const ids = new Map<string, string>();
    let events: readonly TrailEvent[];
    let sentBefore: readonly RecordedCall[];
    let sentAfter: readonly RecordedCall[];

    async function start(
      env: Readonly<Record<string, string>> = {},
    ): Promise<{ service: ServiceProcess; url: string }> {
      const service = await startService(sandbox, {
        STAGEDOOR_API_KEY: key,
        SECRET_KEY,
        AUDIT_DIR: join((started[0] ?? { directory: '.' }).directory, 'audit'),
        ...(redis && { REDIS_URL: redis.url }),
        ...(database !== undefined && { AUDIT_STORE: 'postgres', AUDIT_DATABASE_URL: database }),
        ...env,
      });
      started.push(service);
      return { service, url: await service.listens() };
    }

    const agent = (url: string) => supertest.agent(url).set('x-api-key', key);
    const calls = async (): Promise<readonly RecordedCall[]> =>
      (await supertest(sandbox.url).get('/sandbox/journal')).body.filter(({ path }: RecordedCall) =>
        path.startsWith('/api/'),
      );
    const mutations = async () => (await calls()).filter(({ method }) => method !== 'GET');
    const intentOf = (requestId: string) =>
      events.find((event) => event.phase === 'intent' && event.requestId === requestId);
    const outcomesOf = (requestId: string) =>
      events.filter(({ phase, intentId }) => phase === 'outcome' && intentId === intentOf(requestId)?.id);

    /** The writes that run when the process is killed: a name, and whether they take effect at Hubster. */
    const runningWrites = (url: string): readonly (readonly [string, boolean, supertest.Test])[] => [
      ['create', true, agent(url).post(HUB).send(webChat('create'))],
      ['create-with-secret', true, agent(url).post(HUB).send(twilio('create-with-secret'))],
      ['create-untraced', false, agent(url).post(HUB).send(webChat('create-untraced'))],
      ['create-slack', true, agent(url).post(HUB).send(slack('create-slack'))],
      ['update', true, patch(url, 'of-update', { name: 'update' })],
      ['update-untraced', false, patch(url, 'of-update-untraced', { name: 'update-untraced' })],
      ['keys', true, patch(url, 'of-keys', { name: 'keys', configuration: { regenerateKeys: true } })],
      ['delete', true, agent(url).delete(`/api/v1/integrations/${ids.get('of-delete')}`)],
      ['delete-untraced', false, agent(url).delete(`/api/v1/integrations/${ids.get('of-delete-untraced')}`)],
    ];
    const patch = (url: string, name: string, body: object) =>
      agent(url)
        .patch(`/api/v1/integrations/${ids.get(name)}`)
        .send(body);

    beforeAll(async () => {
      sandbox = await startSandbox();
      redis = store === 'postgres' ? await RedisServer.start() : undefined;
      postgres = redis && (await PostgresServer.start());
      database = await postgres?.createDatabase();
      const first = await start({
        NODE_OPTIONS: `--require ${CLOCK_BEHIND}`,
        CLOCK_BEHIND_MS: String(CLOCK_BEHIND_MS),
        ...(!postgres && { AUDIT_DIR: 'audit' }),
      });
      killed = first.service;
      const existing = [webChat('of-update'), webChat('of-update-untraced'), direct('of-keys')];
      for (const body of [...existing, webChat('of-delete'), webChat('of-delete-untraced')]) {
        ids.set(body.name, (await agent(first.url).post(HUB).send(body).expect(200)).body.integrationId);
      }
      const account = { authToken: HIDDEN_NAME, accountSid: 'AC1', numberSid: 'PN2' };
      const ofHiddenName = { channelId: 'TwilioSMS', name: 'of-hidden', configuration: account };
      await agent(first.url).post(HUB).send(ofHiddenName).expect(200);
      await supertest(sandbox.url)
        .post('/sandbox/faults')
        .send({
          match: { method: 'GET', path: '/System$' },
          times: 0,
          effect: { patch: { integrationId: '0000 ...' } },
        });
      const hang = (match: object, apply: boolean) =>
        supertest(sandbox.url)
          .post('/sandbox/faults')
          .send({ match: { path: '^/api/', ...match }, times: 0, effect: { hang: true, apply } });
      await hang({ method: 'POST', body: 'untraced' }, false);
      await hang({ method: 'POST' }, true);
      await hang({ method: 'DELETE', path: `${ids.get('of-delete-untraced')}` }, false);
      await hang({ method: 'DELETE' }, true);
      for (const [id, body] of [
        [UNREADABLE, system(UNREADABLE)],
        [HIDDEN, webChat(HIDDEN_NAME)],
      ] as const) {
        const create = agent(first.url).post(HUB).set('x-request-timeout-ms', '300').set('x-request-id', id);
        await create.send(body).expect(504);
      }

      const before = (await mutations()).length;
      const pending = runningWrites(first.url).map(([name, , request]) =>
        request.set('x-request-id', name).then(
          () => undefined,
          () => undefined,
        ),
      );
      while ((await mutations()).length < before + pending.length) await new Promise((done) => setTimeout(done, 20));
      killed.process.kill('SIGKILL');
      await killed.ended();
      await Promise.all(pending);

      sentBefore = await calls();
      const { service, url } = await start();
      await service.prints(/Writes without an outcome were reconciled/);
      sentAfter = (await calls()).slice(sentBefore.length);
      events = (await agent(url).get('/api/v1/audit/events?limit=500').expect(200)).body.results;
      expect(await service.stop()).toBe(0);
    });
    afterAll(async () => {
      for (const service of started) await service.stop();
      await sandbox.close();
      await redis?.kill();
      await postgres?.close();
    });

    it.each([
      ['create', 'success'],
      ['create-with-secret', 'success'],
      ['create-untraced', 'failed'],
      ['create-slack', 'unknown'],
      ['update', 'success'],
      ['update-untraced', 'failed'],
      ['keys', 'success'],
      ['delete', 'success'],
      ['delete-untraced', 'failed'],
    ])(
      'records one outcome of "%s", found by probes: %s, without a status, as there was no response',
      (name, outcome) => {
        const outcomes = outcomesOf(name);
        expect(outcomes.map((event) => [event.outcome, event.status])).toEqual([[outcome, undefined]]);
      },
    );

    it.each([
      ['that Hubster lists so that it cannot be read [S-010]', UNREADABLE],
      ['of which the trail masks the name', HIDDEN],
    ])('a create %s stays unknown, and is not recorded as failed', (_what, name) => {
      expect(outcomesOf(name).map((event) => event.outcome)).toEqual(['unknown']);
    });

    it('records outcomes that agree with the integrations at Hubster', async () => {
      const integrations: readonly { name: string; integrationId: string }[] = (
        await supertest(sandbox.url).get('/sandbox/integrations').query({ tenant: 'acme' })
      ).body;
      const idOf = (name: string) => integrations.find((one) => one.name === name)?.integrationId;
      for (const name of ['create', 'create-with-secret', 'create-slack', 'update', 'keys']) {
        expect(outcomesOf(name)[0]?.target?.id).toBe(idOf(name));
        expect(idOf(name)).toBeDefined();
      }
      expect(['create-untraced', 'update-untraced', 'of-delete'].map(idOf)).toEqual([undefined, undefined, undefined]);
      expect(idOf('of-delete-untraced')).toBeDefined();
    });

    it('names the fields of new keys', () => {
      const pointers = outcomesOf('keys')[0]?.changes?.map(({ pointer }) => pointer);
      expect(pointers).toEqual(expect.arrayContaining(['/configuration/publicSigningKey']));
    });

    it('sends no write, and probes at most once a second for a tenant', () => {
      expect(sentAfter.filter(({ method }) => method !== 'GET')).toEqual([]);
      const times = sentAfter.map(({ time }) => Date.parse(time));
      const gaps = times.slice(1).map((time, n) => time - (times[n] ?? 0));
      expect(gaps.filter((gap) => gap < 995)).toEqual([]);
    });

    it('records no second outcome at the next start', async () => {
      // Locks of the process before would expire after a minute.
      for (const name of (await redis?.send('KEYS *settling*'))?.match(/stagedoor:\S+/g) ?? [])
        await redis?.send(`DEL ${name}`);
      const { service, url } = await start();
      await service.prints(/Writes without an outcome were reconciled/);
      const next: readonly TrailEvent[] = (await agent(url).get('/api/v1/audit/events?limit=500').expect(200)).body
        .results;
      expect(next.filter(({ phase }) => phase === 'outcome')).toHaveLength(
        events.filter(({ phase }) => phase === 'outcome').length,
      );
    });
  },
);
