import { CHANNELS } from '../../src/channels/channel-registry';
import { ecsViolations, otelViolations } from '../support/log/log-schemas';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

type Line = Readonly<Record<string, unknown>>;

const LIST = `/api/v1/integrations/hubs/${HUBS.acme}/Direct`;
const DIRECT = CHANNELS.find(({ id }) => id === 'Direct');
const VIOLATIONS: Readonly<Record<string, (line: Line) => readonly string[]>> = {
  ecs: ecsViolations,
  otel: otelViolations,
  json: ({ service, version, level }) => (service && version && level ? [] : ['a base member']),
};

/** Events at the debug level, each of which carries the id of its request. */
const DECISIONS = ['cache.read', 'cache.not-stored', 'hubster.retry', 'hubster.not-sent', 'limits.rejected'];

/**
 * Writes, webhooks, the trail and failures under each format of the log at its lowest level: `SecretWatch` searches every line for the
 * planted and learnt secrets at the end of the suite (N1).
 */
describe.each(['json', 'ecs', 'otel', 'pretty'])(
  'the log in the format %s, at the level trace [N1, S-867, S-868]',
  (format) => {
    let stagedoor: Stagedoor;
    const plant = (place: string) => stagedoor.watch.plant(place);
    const fault = (effect: object, times: number) =>
      stagedoor.fault({
        match: { path: '^/api/v1/' },
        times,
        effect: { ...effect, headers: { 'x-leak': plant('header') } },
      });

    beforeAll(async () => {
      const env = { LOG_FORMAT: format, LOG_LEVEL: 'trace', AUDIT_LEVEL: 'all' };
      stagedoor = await startStagedoor({ env, limits: { globex: 600 } });
    });
    afterAll(() => stagedoor.close());

    it('has the lines of writes, a comparison, a webhook and the trail', async () => {
      const agent = stagedoor.as('acme-app');
      const body = {
        channelId: 'Direct',
        name: 'logged',
        configuration: { ...DIRECT?.example, webhookUrl: `https://h.io/x?token=${plant('webhook token')}` },
      };
      const { body: created } = await agent.post(`/api/v1/integrations/hubs/${HUBS.acme}`).send(body);
      const path = `/api/v1/integrations/${created.integrationId}`;
      await agent.get(path).set('cache-control', 'no-store').expect(200);
      await agent.patch(path).send({ configuration: { regenerateKeys: true } });
      await agent.post(`${path}/secrets/privateSigningKey/compare`).send({ value: plant('guess') });
      await agent
        .post('/api/v1/webhooks/verify')
        .set({ 'x-hub-id': HUBS.acme, 'x-integration-id': created.integrationId, 'x-hubster-public-key': 'name' })
        .set('x-hubster-signature', plant('signature'))
        .send({ text: plant('body of a webhook') });
      await agent.get('/api/v1/audit/events').expect(200);
      await agent.delete(path);
    });

    it('has the lines of failures, and of decisions', async () => {
      const read = () => stagedoor.as('acme-app').get(LIST).set('cache-control', 'no-cache');
      for (const effect of [
        { status: 400, json: { errors: [{ code: 301, description: plant('error') }] } },
        { status: 500 },
      ]) {
        await fault(effect, 3);
        await read();
        await read();
      }
      await fault({ status: 503 }, 0);
      for (let count = 0; count < 5; count += 1) await read();
      const noKey = await stagedoor.as().get(LIST).set('x-api-key', plant('unknown key'));
      expect(noKey.status).toBe(401);
      const limited = () =>
        stagedoor
          .as('globex-app')
          .get('/api/v1/me')
          .then(({ status }) => status);
      const statuses = await Promise.all(Array.from({ length: 150 }, limited));
      expect(statuses).toContain(429);
    });

    it('has lines of the format, and a reason for each decision, with the id of its request', () => {
      const { logs } = stagedoor;
      expect(logs.length).toBeGreaterThan(100);
      if (format === 'pretty')
        return expect(logs.filter((line) => !/^\d\d:\d\d:\d\d \w+ +\S.*\n$/.test(line))).toEqual([]);
      const lines = logs.map((line): Line => JSON.parse(line));
      expect(lines.flatMap((line) => VIOLATIONS[format]?.(line))).toEqual([]);
      if (format !== 'json') return undefined;
      const decisions = lines.filter(({ event }) => DECISIONS.includes(String(event)));
      expect(new Set(decisions.map(({ event }) => event))).toEqual(new Set(DECISIONS));
      expect(decisions.filter(({ level, requestId }) => level !== 'debug' || typeof requestId !== 'string')).toEqual(
        [],
      );
      expect(decisions.filter(({ reason, by }) => reason === undefined && by === undefined)).toEqual([]);
      return undefined;
    });
  },
);
