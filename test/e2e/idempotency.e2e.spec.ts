import { canary } from '../support/canaries';
import { RedisServer } from '../support/redis-server';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const HUB = `/api/v1/integrations/hubs/${HUBS.acme}`;
const KEY = 'a-key-of-sixteen';
const twilio = {
  channelId: 'TwilioSMS',
  name: 'x',
  configuration: { authToken: canary('a token').value, accountSid: 'AC1', numberSid: 'PN1' },
};

describe('Idempotency-Key [S-760]', () => {
  let stagedoor: Stagedoor;
  beforeEach(async () => {
    stagedoor = await startStagedoor();
  });
  afterEach(() => stagedoor.close());

  const agent = (caller = 'acme-app', key = KEY) => stagedoor.as(caller).set('idempotency-key', key);
  const sends = async (method = 'POST') =>
    (await stagedoor.hubsterCalls()).filter((entry) => entry.method === method).length;

  it('replays the first response to the same request, with one call to Hubster', async () => {
    const first = await agent().post(HUB).send(twilio).expect(200);
    const second = await agent().post(HUB).send(twilio).expect(200);
    expect(second.text).toBe(first.text);
    expect([first, second].map(({ headers }) => headers['idempotency-replayed'])).toEqual([undefined, 'true']);
    for (const name of ['etag', 'content-type', 'cache-control'])
      expect(second.headers[name]).toBe(first.headers[name]);
    expect(await sends()).toBe(1);
  });

  it('of requests at once one runs; the others receive Retry-After', async () => {
    await stagedoor.fault({ match: { method: 'POST', path: '^/api/v1/' }, effect: { delayMs: 400 } });
    const responses = await Promise.all([1, 2, 3].map(() => agent().post(HUB).send(twilio)));
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const waiting = responses.find(({ status }) => status === 409);
    expect(waiting?.body.code).toBe('idempotency-running');
    expect(waiting?.headers['retry-after']).toBe('1');
    expect(await sends()).toBe(1);
  });

  it('another body under the same key is 422', async () => {
    await agent().post(HUB).send(twilio).expect(200);
    const { body } = await agent()
      .post(HUB)
      .send({ ...twilio, name: 'y' })
      .expect(422);
    expect(body.code).toBe('idempotency-mismatch');
    expect(await sends()).toBe(1);
  });

  it('takes the same body with its members in another order for the same request', async () => {
    const { configuration, ...rest } = twilio;
    const reversed = (fields: object) => Object.fromEntries(Object.entries(fields).reverse());
    const first = await agent().post(HUB).send(twilio).expect(200);
    const second = await agent()
      .post(HUB)
      .send({ configuration: reversed(configuration), ...reversed(rest) })
      .expect(200);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(second.text).toBe(first.text);
    expect(await sends()).toBe(1);
  });

  it('takes another caller, key or path for another request [N2]', async () => {
    await agent().post(HUB).send(twilio).expect(200);
    const other = { ...twilio, configuration: { ...twilio.configuration, numberSid: 'PN2' } };
    const asGateway = stagedoor.as('gateway').set('x-tenant-id', 'acme').set('idempotency-key', KEY);
    await asGateway
      .post(HUB)
      .send({ ...other, name: 'y' })
      .expect(200);
    const response = await agent('acme-app', `${KEY}-2`).post(HUB).send(twilio).expect(409);
    expect(response.body.code).toBe('name-taken');
  });

  it.each([['fifteen-of-them'], ['x'.repeat(256)]])(
    'rejects a key that is too short or too long with 400',
    async (key) => {
      const { body } = await agent('acme-app', key).post(HUB).send(twilio).expect(400);
      expect(body.errors[0]).toMatchObject({ code: 207, parameter: 'Idempotency-Key' });
      expect(await sends()).toBe(0);
    },
  );

  it('a rejection is kept, a 5xx is not', async () => {
    await stagedoor.fault({ match: { method: 'POST', path: '^/api/v1/' }, effect: { status: 403 } });
    await agent().post(HUB).send(twilio).expect(403);
    const replayed = await agent().post(HUB).send(twilio).expect(403);
    expect(replayed.headers['idempotency-replayed']).toBe('true');

    await stagedoor.fault({
      match: { method: 'POST', path: '^/api/v1/' },
      effect: { redirect: 'http://127.0.0.1:1/' },
    });
    await agent('acme-app', `${KEY}-2`).post(HUB).send(twilio).expect(502);
    await agent('acme-app', `${KEY}-2`).post(HUB).send(twilio).expect(200);
  });

  it('reads the integration again in place of a large response, and sends nothing twice', async () => {
    const start = [{ type: 'text', text: 'x'.repeat(100_000) }];
    const webChat = { channelId: 'WebChat', name: 'x', configuration: { allowedOrigins: ['localhost'], start } };
    const first = await agent().post(HUB).send(webChat).expect(200);
    const second = await agent().post(HUB).send(webChat).expect(200).expect('idempotency-replayed', 'true');
    expect(second.text).toBe(first.text);
    expect(second.headers['etag']).toBe(first.headers['etag']);

    const one = `/api/v1/integrations/${first.body.integrationId}`;
    await agent().patch(one).send({ name: 'y' }).expect(200);
    const replayed = await agent().patch(one).send({ name: 'y' }).expect(200).expect('idempotency-replayed', 'true');
    expect(replayed.body).toMatchObject({ name: 'y', configuration: { start } });
    expect(await sends()).toBe(2);

    await stagedoor.as('acme-app').delete(one).expect(200);
    const gone = await agent().post(HUB).send(webChat).expect(404);
    expect(gone.headers['idempotency-replayed']).toBeUndefined();
    expect(await sends()).toBe(2);
  });

  it.each([
    ['was carried out is found, and nothing is sent', true, 1],
    ['was not carried out is sent after two probes', false, 2],
  ])('a create whose outcome is unknown and that %s', async (_name, apply, times) => {
    await stagedoor.fault({ match: { method: 'POST', path: '^/api/v1/' }, effect: { hang: true, apply } });
    const first = await agent().post(HUB).set('x-request-timeout-ms', '300').send(twilio).expect(504);
    expect(first.body).toMatchObject({ outcome: 'unknown', retryable: true });
    const before = (await stagedoor.hubsterCalls()).length;
    const second = await agent().post(HUB).send(twilio).expect(200);
    expect(second.headers['idempotency-replayed']).toBeUndefined();
    expect((await stagedoor.hubsterCalls())[before]?.method).toBe('GET');
    expect(await sends()).toBe(times);
    await agent().post(HUB).send(twilio).expect(200).expect('idempotency-replayed', 'true');
  });

  it('a DELETE whose outcome is unknown is 200 when the integration is gone', async () => {
    const { body } = await stagedoor.as('acme-app').post(HUB).send(twilio).expect(200);
    const one = `/api/v1/integrations/${body.integrationId}`;
    await stagedoor.fault({ match: { method: 'DELETE' }, effect: { hang: true, apply: true } });
    await agent().delete(one).set('x-request-timeout-ms', '400').expect(504);
    await agent().delete(one).expect(200);
    await agent().delete(one).expect(200).expect('idempotency-replayed', 'true');
    expect(await sends('DELETE')).toBe(1);
  });
});

describe('Idempotency-Key with Redis [S-760]', () => {
  it('is shared by replicas, stores no secret, and is 503 before a call while Redis fails', async () => {
    const redis = await RedisServer.start();
    const one = await startStagedoor({ env: { REDIS_URL: redis.url } });
    try {
      await one.as('acme-app').set('idempotency-key', KEY).post(HUB).send(twilio).expect(200);
      await one
        .as('acme-app')
        .set('idempotency-key', KEY)
        .post(HUB)
        .send(twilio)
        .expect(200)
        .expect('idempotency-replayed', 'true');
      const names = await redis.send('KEYS *idempotency*');
      const name = /stagedoor:\S+/.exec(names)?.[0] ?? '';
      expect(name).toContain('{acme}');
      expect(names).not.toContain(KEY);
      expect(await redis.send(`GET ${name}`)).not.toMatch(/authToken|Support|TwilioSMS/);

      await redis.kill();
      const { body } = await one
        .as('acme-app')
        .set('idempotency-key', `${KEY}-2`)
        .post(HUB)
        .send({ ...twilio, name: 'y' })
        .expect(503);
      expect(body.code).toBe('idempotency-unavailable');
      expect((await one.hubsterCalls()).filter(({ method }) => method === 'POST')).toHaveLength(1);
    } finally {
      await one.close();
      await redis.kill();
    }
  });
});
