import supertest from 'supertest';
import { Metrics } from '../../src/observability/metrics';
import { MASK } from '../../src/secrets/secret';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const ID = '77777777-7777-7777-7777-777777777777';
const OTHER_ID = '77777777-7777-7777-7777-777777777778';
const ONE = `/api/v1/integrations/${ID}`;
const BY_CHANNEL = `/api/v1/integrations/hubs/${HUBS.acme}/TwilioSMS`;
const COLLECTION = '/api/v1/integrations';

const twilio = {
  integrationId: ID,
  hubId: HUBS.acme,
  integrationTypeId: 2,
  channelId: 102,
  name: 'Twilio',
  statusId: 3001,
  created: '2026-01-01',
  configuration: { AcccountSid: 'AC1', AuthToken: 'the secret', Capabilities: { Mms: true } },
};

/** What Hubster may answer to a read, and what callers see of it. */
describe('reads', () => {
  let stagedoor: Stagedoor;

  beforeEach(async () => {
    stagedoor = await startStagedoor();
  });
  afterEach(() => stagedoor.close());

  const answer = (json: unknown, times = 1) =>
    stagedoor.fault({ match: { path: '^/api/v1/' }, times, effect: { json } });
  const get = (path: string) => stagedoor.as('acme-app').get(path);

  it('S-400, S-401, S-206, S-106, S-407: one is read in one shape, whatever Hubster spells', async () => {
    await answer(twilio);
    const { body } = await get(ONE).expect(200);
    expect(body).toEqual({
      integrationId: ID,
      hubId: HUBS.acme,
      integrationTypeId: 'Customer',
      channelId: 'TwilioSMS',
      name: 'Twilio',
      statusId: 3001,
      configuration: { accountSid: 'AC1', authToken: MASK, capabilities: { mms: true } },
      secrets: { authToken: { set: true, fingerprint: expect.stringMatching(/^fp2:/) } },
    });
  });

  it.each([1, 500])(
    'a name in any script comes over whole, from Hubster and from the cache: %i times',
    async (times) => {
      const name = 'Zürich 東京 🚪'.repeat(times);
      await answer({ ...twilio, name });
      for (const from of ['fwd=miss', 'hit']) {
        const { body, headers } = await get(ONE).expect(200);
        expect(headers['cache-status']).toContain(from);
        expect(Number(headers['content-length'])).toBe(Buffer.byteLength(JSON.stringify(body)));
        expect(body.name).toBe(name);
      }
    },
  );

  it('S-400: an answer about another integration than asked for is 502 upstream-invalid', async () => {
    await answer({ ...twilio, integrationId: OTHER_ID });
    const { body } = await get(ONE).expect(502);
    expect(body.code).toBe('upstream-invalid');
  });

  it('S-402, S-003: a GET goes to Hubster without a body', async () => {
    await answer(twilio);
    await get(ONE).expect(200);
    const [entry] = await stagedoor.journal();
    expect(entry).toMatchObject({ method: 'GET', path: ONE });
    expect(entry?.body ?? '').toBe('');
  });

  it('S-010: an unreadable integration is 502 when asked for alone, and dropped from a list', async () => {
    await answer({ ...twilio, hubId: '00000000 ...' });
    await get(ONE).expect(502);
    await answer([twilio, { ...twilio, configuration: [] }, 'nonsense', null]);
    const { body } = await get(BY_CHANNEL).expect(200);
    expect(body.map(({ integrationId }: { integrationId: string }) => integrationId)).toEqual([ID]);
    const text = await stagedoor.app.get(Metrics).registry.metrics();
    expect(text).toContain('stagedoor_upstream_quirks_total{quirk="unreadable-item"} 3');
  });

  it('S-504: a large list is answered whole and in its order', async () => {
    const ids = Array.from({ length: 400 }, (_, index) => `77777777-7777-7777-7777-${String(index).padStart(12, '0')}`);
    const configuration = { accountSid: 'AC1', authToken: 'a secret', more: ['é, "x"', { a: [1, 2] }] };
    const padding = 'é'.repeat(1000);
    await answer(ids.map((integrationId) => ({ ...twilio, integrationId, name: padding, configuration })));
    const { body } = await get(BY_CHANNEL).expect(200);
    expect(body.map(({ integrationId }: { integrationId: string }) => integrationId)).toEqual(ids);
    expect(body[399]).toMatchObject({
      name: padding,
      configuration: { accountSid: 'AC1', authToken: MASK, more: MASK },
    });
  });

  it('S-408: a configuration may come as a string that holds an object', async () => {
    await answer({ ...twilio, configuration: JSON.stringify(twilio.configuration) });
    const { body } = await get(ONE).expect(200);
    expect(body.configuration).toMatchObject({ accountSid: 'AC1', authToken: MASK });
  });

  it('S-500, S-501, S-502: the list by channel is asked for with the documented name, a hub id in any case', async () => {
    await answer([]);
    await get(`/api/v1/integrations/hubs/${HUBS.acme.toUpperCase()}/102`).expect(200);
    expect((await stagedoor.journal()).map(({ path }) => path)).toEqual([BY_CHANNEL]);
  });

  it('S-504: a list is not cut, and is 502 above 8 MiB', async () => {
    const item = (number: number) => ({
      ...twilio,
      integrationId: `77777777-7777-7777-7777-${String(number).padStart(12, '0')}`,
    });
    await answer(Array.from({ length: 2000 }, (_, number) => item(number)));
    expect((await get(BY_CHANNEL).expect(200)).body).toHaveLength(2000);
    await stagedoor.fault({ match: { path: '^/api/v1/' }, effect: { oversizedBytes: 9 * 1024 * 1024 } });
    const { body } = await get(`/api/v1/integrations/hubs/${HUBS.acmeSecond}/TwilioSMS`).expect(502);
    expect(body.code).toBe('upstream-invalid');
  });

  it('S-506, S-508: items of another hub or channel are dropped and counted', async () => {
    await answer([twilio, { ...twilio, hubId: HUBS.globex }, { ...twilio, channelId: 'Messenger' }]);
    const { body } = await get(BY_CHANNEL).expect(200);
    expect(body).toHaveLength(1);
    const text = await stagedoor.app.get(Metrics).registry.metrics();
    expect(text).toContain('stagedoor_upstream_quirks_total{quirk="foreign-item"} 2');
  });

  it('S-507: an empty array stays one, a 404 of Hubster stays 404', async () => {
    await answer([]);
    expect((await get(BY_CHANNEL).expect(200)).body).toEqual([]);
    await stagedoor.fault({ match: { path: '^/api/v1/' }, effect: { status: 404 } });
    await get(`/api/v1/integrations/hubs/${HUBS.acme}/Messenger`).expect(404);
  });

  it('S-601, S-605: items outside the filter and hubs among integrations are dropped', async () => {
    const hub = { hubId: HUBS.acme, tenantId: ID, name: 'a hub', statusId: 2000 };
    await answer({ pageNumber: 0, pageSize: 50, total: 3, results: [twilio, hub, { ...twilio, hubId: HUBS.globex }] });
    const { body } = await get(`${COLLECTION}?hubId=${HUBS.acme}`).expect(200);
    expect(body).toMatchObject({ total: 3, results: [{ integrationId: ID }] });
    expect(body.results).toHaveLength(1);
  });

  it('S-604, S-607, S-610: a page has four keys and no cursor; defaults are sent', async () => {
    const { body } = await get(COLLECTION).expect(200);
    expect(Object.keys(body)).toEqual(['pageNumber', 'pageSize', 'total', 'results']);
    expect((await stagedoor.journal()).map(({ query }) => query)).toEqual([{ pageNumber: '0', pageSize: '50' }]);
    const { headers } = await get(`${COLLECTION}?pageNumber=0&pageSize=50`).expect(200);
    expect(headers['cache-status']).toMatch(/^stagedoor; hit/);
  });

  it('S-609: items of the collection are masked', async () => {
    await answer({ pageNumber: 0, pageSize: 50, total: 1, results: [twilio] });
    const { body, text } = await get(COLLECTION).expect(200);
    expect(body.results[0].configuration.authToken).toBe(MASK);
    expect(text).not.toContain('the secret');
  });

  it('S-610: a page without an array of results is 502 upstream-invalid', async () => {
    await answer({ pageNumber: 0, pageSize: 50, total: 1, results: {} });
    await get(COLLECTION).expect(502);
  });

  it.each([ONE, BY_CHANNEL, COLLECTION])(
    'S-409, S-608: %s is tried again after a 408, within its deadline',
    async (path) => {
      await stagedoor.fault({ match: { path: '^/api/v1/' }, times: 2, effect: { status: 408 } });
      await supertest(stagedoor.sandbox.url)
        .post('/sandbox/integrations')
        .send({ tenant: 'acme', integration: twilio, raw: true });
      await get(path).expect(200);
      expect(await stagedoor.journal()).toHaveLength(3);
    },
  );

  it('S-719: a caller’s own deadline ends the wait with 504', async () => {
    await stagedoor.fault({ match: { path: '^/api/v1/' }, effect: { hang: true } });
    const { body } = await get(ONE).set('x-request-timeout-ms', '150').expect(504);
    expect(body).toMatchObject({ code: 'upstream-timeout', retryable: true });
    expect(body.outcome).toBeUndefined();
  });

  it.each(['99', '30001', 'soon', '1e3', ''])('X-Request-Timeout-Ms %j is 400', async (timeout) => {
    await get(ONE).set('x-request-timeout-ms', timeout).expect(400);
  });
});
