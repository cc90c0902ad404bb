import supertest from 'supertest';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const HUB = `/api/v1/integrations/hubs/${HUBS.acme}`;
const ID = '77777777-7777-7777-7777-777777777777';
const ONE = `/api/v1/integrations/${ID}`;
const webChat = { channelId: 'WebChat', name: 'x', configuration: { allowedOrigins: ['localhost'] } };

/** Results of Hubster's statuses (requirements, section 8), over real sockets. */
describe('responses of Hubster', () => {
  let stagedoor: Stagedoor;
  const seeded = {
    integrationId: ID,
    hubId: HUBS.acme,
    integrationTypeId: 'Customer',
    channelId: 'WebChat',
    name: 'seeded',
    statusId: 3000,
    configuration: { allowedOrigins: ['localhost'] },
  };

  // A service for each test, as breakers and budgets keep state.
  beforeEach(async () => {
    stagedoor = await startStagedoor();
    const sandbox = supertest(stagedoor.sandbox.url);
    await sandbox.post('/sandbox/integrations').send({ tenant: 'acme', integration: seeded });
  });
  afterEach(() => stagedoor.close());

  const fault = (effect: object, times = 1, method = 'GET') =>
    stagedoor.fault({ match: { method, path: '^/api/v1/' }, times, effect });
  const calls = async () => (await stagedoor.hubsterCalls()).length;

  it.each([
    ['S-700: 429', { status: 429, headers: { 'Retry-After': '0' } }, 2],
    ['S-701: 503', { status: 503 }, 2],
    ['S-702: 408', { status: 408 }, 2],
    ['S-704: reset', { reset: true }, 2],
    ['S-705: 500', { status: 500 }, 1],
    ['S-714: 502', { status: 502 }, 2],
    ['S-714: 504', { status: 504 }, 2],
  ])('%s on a read is retried', async (_name, effect, times) => {
    await fault(effect, times);
    const { headers } = await stagedoor.as('acme-app').get(ONE).expect(200);
    expect(await calls()).toBe(times + 1);
    const timing = new RegExp(`^cache;dur=[\\d.]+, upstream;dur=[\\d.]+, attempts;desc="${times + 1}"$`);
    expect(headers['server-timing']).toMatch(timing);
  });

  it.each([
    ['S-700: 429', { status: 429, headers: { 'Retry-After': '0' } }, 429, 'upstream-rate-limited', 3],
    ['S-701: 503', { status: 503 }, 503, 'upstream-unavailable', 3],
    ['S-702: 408', { status: 408 }, 504, 'upstream-timeout', 3],
    ['S-704: reset', { reset: true }, 502, 'upstream-error', 3],
    ['S-705: 500', { status: 500 }, 502, 'upstream-error', 2],
    ['S-707: 403', { status: 403 }, 403, 'upstream-forbidden', 1],
    ['S-708: 404', { status: 404 }, 404, 'not-found', 1],
    ['S-709: 400', { status: 400 }, 400, 'validation-failed', 1],
    ['S-710: 409 with PRT000106', { status: 409 }, 409, 'upstream-refused', 1],
    ['S-710: 409', { status: 409, body: {} }, 409, 'upstream-refused', 1],
    ['S-710: 410', { status: 410 }, 410, 'upstream-refused', 1],
    ['S-710: 417', { status: 417 }, 417, 'upstream-refused', 1],
    ['S-710: 501', { status: 501 }, 501, 'upstream-refused', 1],
    ['S-711: a redirect', { redirect: 'http://127.0.0.1:1/' }, 502, 'upstream-error', 1],
    ['S-712: HTML with 200', { garbage: true }, 502, 'upstream-invalid', 1],
    ['S-712: a broken body', { truncate: true }, 502, undefined, undefined],
    ['S-712: an oversized body', { oversizedBytes: 3 * 1024 * 1024 }, 502, 'upstream-invalid', 1],
    ['S-715: 418', { status: 418 }, 502, 'upstream-error', 1],
  ])('%s on a read that does not end', async (_name, effect, status, code, attempts) => {
    await fault(effect, 10);
    const { body, headers } = await stagedoor.as('acme-app').get(ONE);
    expect([body.status, body.code]).toEqual([status, code ?? body.code]);
    expect(headers['server-timing']).toContain(`attempts;desc="${await calls()}"`);
    if (attempts !== undefined) expect(await calls()).toBe(attempts);
    if ([429, 503].includes(status)) expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(headers['content-type']).toContain('application/problem+json');
  });

  it('a Retry-After of more than 2 s is passed to the caller, and applies to this tenant only [S-717]', async () => {
    await fault({ status: 429, headers: { 'Retry-After': '40' } });
    const limited = await stagedoor.as('acme-app').get(ONE).expect(429);
    expect(Number(limited.headers['retry-after'])).toBeGreaterThanOrEqual(39);
    expect(await calls()).toBe(1);
    await stagedoor.as('acme-app').get(`${HUB}/Direct`).expect(429);
    expect(await calls()).toBe(1);
    await stagedoor.as('globex-app').get(`/api/v1/integrations/hubs/${HUBS.globex}/Direct`).expect(200);
  });
});

describe('a token that Hubster does not accept any more [S-706]', () => {
  it('is renewed once, and the call repeated', async () => {
    const stagedoor = await startStagedoor();
    await stagedoor.as('acme-app').get('/api/v1/integrations').expect(200);
    await supertest(stagedoor.sandbox.url).post('/sandbox/tokens/revoke').send({});
    await stagedoor.as('acme-app').get('/api/v1/integrations').set('cache-control', 'no-cache').expect(200);
    expect((await stagedoor.hubsterCalls()).map(({ status }) => status)).toEqual([200, 401, 200]);
    await stagedoor.close();
  });

  it('a client that Identity rejects is 502 upstream-auth-failed [S-716]', async () => {
    const stagedoor = await startStagedoor({ env: { ACME_SECRET: 'not the secret' } });
    const { body } = await stagedoor.as('acme-app').get('/api/v1/integrations').expect(502);
    expect(body.code).toBe('upstream-auth-failed');
    await stagedoor.as('globex-app').get('/api/v1/integrations').expect(200);
    await stagedoor.close();
  });
});

describe('conflicts that Hubster reports', () => {
  let stagedoor: Stagedoor;

  beforeAll(async () => {
    stagedoor = await startStagedoor();
  });
  afterAll(() => stagedoor.close());

  it('a name that is taken is 409 name-taken, on create and on update [S-113, S-114, S-312, S-318]', async () => {
    await stagedoor.as('acme-app').post(HUB).send(webChat).expect(200);
    const { body } = await stagedoor.as('acme-app').post(HUB).send(webChat).expect(409);
    expect(body).toMatchObject({ code: 'name-taken', errors: [{ code: 700 }] });
    const other = await stagedoor
      .as('acme-app')
      .post(HUB)
      .send({ ...webChat, name: 'y' })
      .expect(200);
    const renamed = await stagedoor
      .as('acme-app')
      .patch(`/api/v1/integrations/${other.body.integrationId}`)
      .send({ name: 'x' });
    expect([renamed.status, renamed.body.code]).toEqual([409, 'name-taken']);
  });

  it('an account that is in use in another hub is 409 channel-taken [S-113, S-114]', async () => {
    const twilio = {
      channelId: 'TwilioSMS',
      name: 'one',
      configuration: { authToken: 'a', accountSid: 'b', numberSid: 'PN1' },
    };
    await stagedoor.as('acme-app').post(HUB).send(twilio).expect(200);
    const { body } = await stagedoor
      .as('acme-app')
      .post(`/api/v1/integrations/hubs/${HUBS.acmeSecond}`)
      .send(twilio)
      .expect(409);
    expect(body).toMatchObject({ code: 'channel-taken', errors: [{ code: 701 }] });
  });

  it('a hub id is never posted as an update [S-324, S-323]', async () => {
    const before = (await stagedoor.hubsterCalls()).filter(({ method }) => method === 'POST').length;
    await stagedoor.as('acme-app').post(HUB).send({ name: 'z' }).expect(404);
    expect((await stagedoor.hubsterCalls()).filter(({ method }) => method === 'POST')).toHaveLength(before);
  });

  it('a response with another integration is not used; a probe finds the right one [S-324]', async () => {
    const { body: created } = await stagedoor
      .as('acme-app')
      .post(HUB)
      .send({ ...webChat, name: 'about' })
      .expect(200);
    await stagedoor.fault({
      match: { method: 'POST', path: '^/api/v1/' },
      effect: { patch: { integrationId: '99999999-9999-9999-9999-999999999999' } },
    });
    const { body } = await stagedoor
      .as('acme-app')
      .post(`/api/v1/integrations/hubs/${created.integrationId}`)
      .send({ statusId: 3002 })
      .expect(200);
    expect(body).toMatchObject({ integrationId: created.integrationId, statusId: 3002 });
  });

  it('a DELETE that Hubster does not know is 501 upstream-unsupported, and the integration stays [S-320]', async () => {
    const { body: created } = await stagedoor
      .as('acme-app')
      .post(HUB)
      .send({ ...webChat, name: 'stays' })
      .expect(200);
    for (const status of [404, 405, 501]) {
      await stagedoor.fault({ match: { method: 'DELETE' }, effect: { status } });
      const { body } = await stagedoor
        .as('acme-app')
        .delete(`/api/v1/integrations/${created.integrationId}`)
        .expect(501);
      expect(body.code).toBe('upstream-unsupported');
    }
    await stagedoor.as('acme-app').get(`/api/v1/integrations/${created.integrationId}`).expect(200);
  });

  it('a DELETE with a 404 although it took effect is 200 [S-320]', async () => {
    const { body: created } = await stagedoor
      .as('acme-app')
      .post(HUB)
      .send({ ...webChat, name: 'goes' })
      .expect(200);
    await stagedoor.fault({ match: { method: 'DELETE' }, effect: { status: 404, apply: true } });
    await stagedoor.as('acme-app').delete(`/api/v1/integrations/${created.integrationId}`).expect(200);
  });

  it('a create with a response without a body is found by its name [S-007]', async () => {
    await stagedoor.fault({ match: { method: 'POST', path: '^/api/v1/' }, effect: { status: 204, apply: true } });
    const { body } = await stagedoor
      .as('acme-app')
      .post(HUB)
      .send({ ...webChat, name: 'silent' })
      .expect(200);
    expect(body).toMatchObject({ name: 'silent', channelId: 'WebChat' });
  });

  it('a value that is missing in the response is read again, then reported [S-313]', async () => {
    const { body: created } = await stagedoor
      .as('acme-app')
      .post(HUB)
      .send({ ...webChat, name: 'ignored' })
      .expect(200);
    const path = '^/api/v1/integrations/';
    await stagedoor.fault({ match: { method: 'POST', path }, effect: { patch: { statusId: 3000 } } });
    const seen = await stagedoor
      .as('acme-app')
      .patch(`/api/v1/integrations/${created.integrationId}`)
      .send({ statusId: 3002 });
    expect(seen.body).toMatchObject({ statusId: 3002 });
    expect(seen.body.warnings).toBeUndefined();
    await stagedoor.fault({ match: { path }, times: 3, effect: { patch: { statusId: 3000 } } });
    const ignored = await stagedoor
      .as('acme-app')
      .patch(`/api/v1/integrations/${created.integrationId}`)
      .send({ statusId: 3002 });
    expect(ignored.body.warnings).toEqual([expect.objectContaining({ code: 'not-applied', pointer: '/statusId' })]);
  });
});
