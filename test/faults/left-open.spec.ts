import { join } from 'node:path';
import supertest from 'supertest';
import { makeApiKey } from '../../src/access/api-key';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { canary } from '../support/canaries';
import { RedisServer } from '../support/redis-server';
import { type ServiceProcess, startService } from '../support/service-process';
import { HUBS, type JournalEntry, SECRET_KEY } from '../support/stagedoor';

const HUB = `/api/v1/integrations/hubs/${HUBS.acme}`;
/** When the process that is killed lived: longer ago than any process looks after its own writes. */
const AGO_MS = 10 * 60 * 1000;
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

interface Told {
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

describe.each(['file', 'redis'])(
  'a process that is killed between intent and outcome, its trail kept in %s',
  (store) => {
    let sandbox: Sandbox;
    let redis: RedisServer | undefined;
    let killed: ServiceProcess;
    const started: ServiceProcess[] = [];
    const key = makeApiKey().key.reveal();
    const ids = new Map<string, string>();
    let events: readonly Told[];
    let sentBefore: readonly JournalEntry[];
    let sentAfter: readonly JournalEntry[];

    async function start(
      env: Readonly<Record<string, string>> = {},
    ): Promise<{ service: ServiceProcess; url: string }> {
      const service = await startService(sandbox, {
        STAGEDOOR_API_KEY: key,
        SECRET_KEY,
        AUDIT_DIR: join((started[0] ?? { directory: '.' }).directory, 'audit'),
        ...(redis && { REDIS_URL: redis.url, AUDIT_STORE: 'redis' }),
        ...env,
      });
      started.push(service);
      return { service, url: await service.listens() };
    }

    const agent = (url: string) => supertest.agent(url).set('x-api-key', key);
    const calls = async (): Promise<readonly JournalEntry[]> =>
      (await supertest(sandbox.url).get('/sandbox/journal')).body.filter(({ path }: JournalEntry) =>
        path.startsWith('/api/'),
      );
    const mutations = async () => (await calls()).filter(({ method }) => method !== 'GET');
    const intentOf = (requestId: string) =>
      events.find((event) => event.phase === 'intent' && event.requestId === requestId);
    const outcomesOf = (requestId: string) =>
      events.filter(({ phase, intentId }) => phase === 'outcome' && intentId === intentOf(requestId)?.id);

    /** What is under way when the process is killed: a name, and whether Hubster carries it out. */
    const underWay = (url: string): readonly (readonly [string, boolean, supertest.Test])[] => [
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
    const patch = (url: string, of: string, body: object) =>
      agent(url)
        .patch(`/api/v1/integrations/${ids.get(of)}`)
        .send(body);

    beforeAll(async () => {
      sandbox = await startSandbox();
      redis = store === 'redis' ? await RedisServer.start() : undefined;
      const first = await start({
        NODE_OPTIONS: `--require ${CLOCK_BEHIND}`,
        CLOCK_BEHIND_MS: String(AGO_MS),
        ...(!redis && { AUDIT_DIR: 'audit' }),
      });
      killed = first.service;
      const there = [webChat('of-update'), webChat('of-update-untraced'), direct('of-keys')];
      for (const body of [...there, webChat('of-delete'), webChat('of-delete-untraced')]) {
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
      const pending = underWay(first.url).map(([name, , request]) =>
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
      await service.says(/left open are settled/);
      sentAfter = (await calls()).slice(sentBefore.length);
      events = (await agent(url).get('/api/v1/audit/events?limit=500').expect(200)).body.results;
      expect(await service.stop()).toBe(0);
    });
    afterAll(async () => {
      for (const service of started) await service.stop();
      await sandbox.close();
      await redis?.kill();
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
    ])('the outcome of "%s" is found by looking: %s, told once, without a status that nobody got', (name, outcome) => {
      const told = outcomesOf(name);
      expect(told.map((event) => [event.outcome, event.status])).toEqual([[outcome, undefined]]);
    });

    it.each([
      ['that Hubster lists so that it cannot be read [S-010]', UNREADABLE],
      ['of which the trail masks the name', HIDDEN],
    ])('a create %s stays unknown, and is not told failed', (_what, name) => {
      expect(outcomesOf(name).map((event) => event.outcome)).toEqual(['unknown']);
    });

    it('agrees with what Hubster did, one to one', async () => {
      const truth: readonly { name: string; integrationId: string }[] = (
        await supertest(sandbox.url).get('/sandbox/integrations').query({ tenant: 'acme' })
      ).body;
      const idOf = (name: string) => truth.find((one) => one.name === name)?.integrationId;
      for (const name of ['create', 'create-with-secret', 'create-slack', 'update', 'keys']) {
        expect(outcomesOf(name)[0]?.target?.id).toBe(idOf(name));
        expect(idOf(name)).toBeDefined();
      }
      expect(['create-untraced', 'update-untraced', 'of-delete'].map(idOf)).toEqual([undefined, undefined, undefined]);
      expect(idOf('of-delete-untraced')).toBeDefined();
    });

    it('tells new keys by name', () => {
      const pointers = outcomesOf('keys')[0]?.changes?.map(({ pointer }) => pointer);
      expect(pointers).toEqual(expect.arrayContaining(['/configuration/publicSigningKey']));
    });

    it('sends nothing, and looks at a tenant once a second at the most', () => {
      expect(sentAfter.filter(({ method }) => method !== 'GET')).toEqual([]);
      const times = sentAfter.map(({ time }) => Date.parse(time));
      const gaps = times.slice(1).map((time, n) => time - (times[n] ?? 0));
      expect(gaps.filter((gap) => gap < 995)).toEqual([]);
    });

    it('tells nothing twice after the next start: what was unknown is still', async () => {
      // The claims of the process before end by themselves after a minute.
      for (const name of (await redis?.send('KEYS *settling*'))?.match(/stagedoor:\S+/g) ?? [])
        await redis?.send(`DEL ${name}`);
      const { service, url } = await start();
      await service.says(/left open are settled/);
      const next: readonly Told[] = (await agent(url).get('/api/v1/audit/events?limit=500').expect(200)).body.results;
      expect(next.filter(({ phase }) => phase === 'outcome')).toHaveLength(
        events.filter(({ phase }) => phase === 'outcome').length,
      );
    });
  },
);
