import supertest from 'supertest';
import { Metrics } from '../../src/observability/metrics/metrics';
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

/** Responses of Hubster to a read, and the views that callers receive. */
describe('reads', () => {
  let stagedoor: Stagedoor;

  beforeEach(async () => {
    stagedoor = await startStagedoor();
  });
  afterEach(() => stagedoor.close());

  const respondWith = (json: unknown, times = 1) =>
    stagedoor.fault({ match: { path: '^/api/v1/' }, times, effect: { json } });
  const get = (path: string) => stagedoor.as('acme-app').get(path);

  it('an integration has the same shape in each of Hubster’s spellings [S-400, S-401, S-206, S-106, S-407]', async () => {
    await respondWith(twilio);
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

  it.each([1, 500])('a name in any script is complete, from Hubster and from the cache: %i times', async (times) => {
    const name = 'Zürich 東京 🚪'.repeat(times);
    await respondWith({ ...twilio, name });
    for (const from of ['fwd=miss', 'hit']) {
      const { body, headers } = await get(ONE).expect(200);
      expect(headers['cache-status']).toContain(from);
      expect(Number(headers['content-length'])).toBe(Buffer.byteLength(JSON.stringify(body)));
      expect(body.name).toBe(name);
    }
  });

  it('a response with another integration is 502 upstream-invalid [S-400]', async () => {
    await respondWith({ ...twilio, integrationId: OTHER_ID });
    const { body } = await get(ONE).expect(502);
    expect(body.code).toBe('upstream-invalid');
  });

  it('a GET is sent to Hubster without a body [S-402, S-003]', async () => {
    await respondWith(twilio);
    await get(ONE).expect(200);
    const [entry] = await stagedoor.hubsterCalls();
    expect(entry).toMatchObject({ method: 'GET', path: ONE });
    expect(entry?.body ?? '').toBe('');
  });

  it('an unreadable integration is 502 when read alone, and dropped from a list [S-010]', async () => {
    await respondWith({ ...twilio, hubId: '00000000 ...' });
    await get(ONE).expect(502);
    await respondWith([twilio, { ...twilio, configuration: [] }, 'nonsense', null]);
    const { body } = await get(BY_CHANNEL).expect(200);
    expect(body.map(({ integrationId }: { integrationId: string }) => integrationId)).toEqual([ID]);
    const text = await stagedoor.app.get(Metrics).registry.metrics();
    expect(text).toContain('stagedoor_upstream_quirks_total{quirk="unreadable-item"} 3');
  });

  it('a large list is returned complete and in order [S-504]', async () => {
    const ids = Array.from({ length: 400 }, (_, index) => `77777777-7777-7777-7777-${String(index).padStart(12, '0')}`);
    const configuration = { accountSid: 'AC1', authToken: 'a secret', more: ['é, "x"', { a: [1, 2] }] };
    const padding = 'é'.repeat(1000);
    await respondWith(ids.map((integrationId) => ({ ...twilio, integrationId, name: padding, configuration })));
    const { body } = await get(BY_CHANNEL).expect(200);
    expect(body.map(({ integrationId }: { integrationId: string }) => integrationId)).toEqual(ids);
    expect(body[399]).toMatchObject({
      name: padding,
      configuration: { accountSid: 'AC1', authToken: MASK, more: MASK },
    });
  });

  it('a configuration may be a string that contains an object [S-408]', async () => {
    await respondWith({ ...twilio, configuration: JSON.stringify(twilio.configuration) });
    const { body } = await get(ONE).expect(200);
    expect(body.configuration).toMatchObject({ accountSid: 'AC1', authToken: MASK });
  });

  it('the list by channel is requested by the documented name, a hub id in upper or lower case [S-500, S-501, S-502]', async () => {
    await respondWith([]);
    await get(`/api/v1/integrations/hubs/${HUBS.acme.toUpperCase()}/102`).expect(200);
    expect((await stagedoor.hubsterCalls()).map(({ path }) => path)).toEqual([BY_CHANNEL]);
  });

  it('a list is not cut, and is 502 above 8 MiB [S-504]', async () => {
    const item = (number: number) => ({
      ...twilio,
      integrationId: `77777777-7777-7777-7777-${String(number).padStart(12, '0')}`,
    });
    await respondWith(Array.from({ length: 2000 }, (_, number) => item(number)));
    expect((await get(BY_CHANNEL).expect(200)).body).toHaveLength(2000);
    await stagedoor.fault({ match: { path: '^/api/v1/' }, effect: { oversizedBytes: 9 * 1024 * 1024 } });
    const { body } = await get(`/api/v1/integrations/hubs/${HUBS.acmeSecond}/TwilioSMS`).expect(502);
    expect(body.code).toBe('upstream-invalid');
  });

  it('items of another hub or channel are dropped and counted [S-506, S-508]', async () => {
    await respondWith([twilio, { ...twilio, hubId: HUBS.globex }, { ...twilio, channelId: 'Messenger' }]);
    const { body } = await get(BY_CHANNEL).expect(200);
    expect(body).toHaveLength(1);
    const text = await stagedoor.app.get(Metrics).registry.metrics();
    expect(text).toContain('stagedoor_upstream_quirks_total{quirk="foreign-item"} 2');
  });

  it('an empty array stays an empty array, a 404 of Hubster stays 404 [S-507]', async () => {
    await respondWith([]);
    expect((await get(BY_CHANNEL).expect(200)).body).toEqual([]);
    await stagedoor.fault({ match: { path: '^/api/v1/' }, effect: { status: 404 } });
    await get(`/api/v1/integrations/hubs/${HUBS.acme}/Messenger`).expect(404);
  });

  it('items outside the filter and hubs among integrations are dropped [S-601, S-605]', async () => {
    const hub = { hubId: HUBS.acme, tenantId: ID, name: 'a hub', statusId: 2000 };
    await respondWith({
      pageNumber: 0,
      pageSize: 50,
      total: 3,
      results: [twilio, hub, { ...twilio, hubId: HUBS.globex }],
    });
    const { body } = await get(`${COLLECTION}?hubId=${HUBS.acme}`).expect(200);
    expect(body).toMatchObject({ total: 3, results: [{ integrationId: ID }] });
    expect(body.results).toHaveLength(1);
  });

  it('a page has four members and no cursor; defaults are sent [S-604, S-607, S-610]', async () => {
    const { body } = await get(COLLECTION).expect(200);
    expect(Object.keys(body)).toEqual(['pageNumber', 'pageSize', 'total', 'results']);
    expect((await stagedoor.hubsterCalls()).map(({ query }) => query)).toEqual([{ pageNumber: '0', pageSize: '50' }]);
    const { headers } = await get(`${COLLECTION}?pageNumber=0&pageSize=50`).expect(200);
    expect(headers['cache-status']).toMatch(/^stagedoor; hit/);
  });

  it('items of the collection are masked [S-609]', async () => {
    await respondWith({ pageNumber: 0, pageSize: 50, total: 1, results: [twilio] });
    const { body, text } = await get(COLLECTION).expect(200);
    expect(body.results[0].configuration.authToken).toBe(MASK);
    expect(text).not.toContain('the secret');
  });

  it('a page without an array of results is 502 upstream-invalid [S-610]', async () => {
    await respondWith({ pageNumber: 0, pageSize: 50, total: 1, results: {} });
    await get(COLLECTION).expect(502);
  });

  it.each([ONE, BY_CHANNEL, COLLECTION])(
    '%s is retried after a 408, within its deadline [S-409, S-608]',
    async (path) => {
      await stagedoor.fault({ match: { path: '^/api/v1/' }, times: 2, effect: { status: 408 } });
      await supertest(stagedoor.sandbox.url)
        .post('/sandbox/integrations')
        .send({ tenant: 'acme', integration: twilio, raw: true });
      await get(path).expect(200);
      expect(await stagedoor.hubsterCalls()).toHaveLength(3);
    },
  );

  it('a caller’s own deadline ends the wait with 504 [S-719]', async () => {
    await stagedoor.fault({ match: { path: '^/api/v1/' }, effect: { hang: true } });
    const { body } = await get(ONE).set('x-request-timeout-ms', '150').expect(504);
    expect(body).toMatchObject({ code: 'upstream-timeout', retryable: true });
    expect(body.outcome).toBeUndefined();
  });

  it.each(['99', '300001', 'soon', '1e3', ''])('X-Request-Timeout-Ms %j is 400', async (timeout) => {
    await get(ONE).set('x-request-timeout-ms', timeout).expect(400);
  });
});

describe('the collection of a tenant that is limited to hubs [N2, S-606]', () => {
  const own = (number: number) => ({
    ...twilio,
    integrationId: `77777777-7777-7777-7777-${`${number}`.padStart(12, '0')}`,
  });
  const foreign = { ...twilio, hubId: HUBS.globex };
  const some = (count: number) => Array.from({ length: count }, (_, number) => own(number));
  const linksOf = (link: string) =>
    [...link.matchAll(/pageNumber=(\d+)[^>]*>; rel="(\w+)"/g)].map(([, page, rel]) => `${rel} ${page}`);

  it.each<[string, readonly string[], string, readonly object[], object, readonly string[]]>([
    [
      'counts its hub, though Hubster counts the account',
      [HUBS.acme],
      '',
      some(3),
      { total: 3 },
      ['first 0', 'last 0'],
    ],
    [
      'does not count integrations of other hubs in Hubster’s page',
      [HUBS.acme],
      '',
      [own(1), foreign, foreign],
      { total: 1 },
      ['first 0', 'last 0'],
    ],
    [
      'has the same total with a small page',
      [HUBS.acme],
      'pageSize=1',
      some(3),
      { total: 3 },
      ['first 0', 'next 1', 'last 2'],
    ],
    [
      'has the same total on a page behind the end',
      [HUBS.acme],
      'pageNumber=500',
      some(3),
      { total: 3, results: [] },
      ['first 0', 'prev 0', 'last 0'],
    ],
    [
      'counts the hub of hubId, one of several',
      [HUBS.acme, HUBS.acmeSecond],
      `hubId=${HUBS.acme}`,
      some(2),
      { total: 2 },
      ['first 0', 'last 0'],
    ],
  ])('%s', async (_what, hubs, query, results, shown, links) => {
    const stagedoor = await startStagedoor({ hubs: { acme: hubs } });
    await stagedoor.fault({
      match: { path: '^/api/v1/' },
      effect: { json: { pageNumber: 0, pageSize: 100, total: 999, results } },
    });
    const { body, headers } = await stagedoor.as('acme-app').get(`${COLLECTION}?${query}`).expect(200);
    expect(body).toMatchObject(shown);
    expect(linksOf(headers['link'] ?? '')).toEqual(links);
    await stagedoor.close();
  });

  it.each([
    ['counts the account', { total: 999 }],
    ['counts the page', { total: 100 }],
    ['counts nothing', {}],
  ])('reads a large hub page by page to its end, where Hubster %s', async (_what, count) => {
    const stagedoor = await startStagedoor({ hubs: { acme: [HUBS.acme] } });
    const pages = [some(130).slice(0, 100), some(130).slice(100)];
    for (const results of pages) {
      await stagedoor.fault({ match: { path: '^/api/v1/' }, times: 1, effect: { json: { ...count, results } } });
    }
    const { body } = await stagedoor.as('acme-app').get(`${COLLECTION}?pageSize=20&pageNumber=5`).expect(200);
    expect(body).toMatchObject({ pageNumber: 5, pageSize: 20, total: 130 });
    expect(body.results.map(({ integrationId }: { integrationId: string }) => integrationId)).toEqual(
      some(120)
        .slice(100)
        .map(({ integrationId }) => integrationId),
    );
    expect((await stagedoor.hubsterCalls()).map(({ query }) => query)).toEqual([
      { hubId: HUBS.acme, pageNumber: '0', pageSize: '100' },
      { hubId: HUBS.acme, pageNumber: '1', pageSize: '100' },
    ]);
    await stagedoor.close();
  });
});
