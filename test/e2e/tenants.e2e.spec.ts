import supertest from 'supertest';
import { SCOPES } from '../../src/context/caller';
import { canary } from '../support/canaries';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const SHARED_HUB = '11111111-1111-1111-1111-111111111111';
const SHARED_ID = '22222222-2222-2222-2222-222222222222';
const SAME_TOKEN = canary('a token of both').value;

describe('two tenants with identical hub and integration ids are isolated [N2]', () => {
  let stagedoor: Stagedoor;

  beforeAll(async () => {
    const tenant = (name: string) => ({
      name,
      clientId: `client.${name}`,
      clientSecret: canary(name).value,
      hubs: [SHARED_HUB],
    });
    stagedoor = await startStagedoor({ sandboxTenants: [tenant('acme'), tenant('globex')] });
    for (const name of ['acme', 'globex']) {
      await supertest(stagedoor.sandbox.url)
        .post('/sandbox/integrations')
        .send({
          tenant: name,
          integration: {
            integrationId: SHARED_ID,
            hubId: SHARED_HUB,
            integrationTypeId: 'Customer',
            channelId: 'TwilioSMS',
            name: `the one of ${name}`,
            statusId: 3000,
            configuration: { authToken: SAME_TOKEN, accountSid: `AC-${name}`, numberSid: `PN-${name}` },
          },
        });
    }
  });
  afterAll(() => stagedoor.close());

  it.each([
    `/api/v1/integrations/${SHARED_ID}`,
    `/api/v1/integrations/hubs/${SHARED_HUB}/TwilioSMS`,
    '/api/v1/integrations',
    `/api/v1/integrations?hubId=${SHARED_HUB}`,
  ])('each reads its own %s, cached or not', async (path) => {
    for (const _round of ['cold', 'warm']) {
      for (const [own, other] of [
        ['acme', 'globex'],
        ['globex', 'acme'],
      ]) {
        const { text } = await stagedoor.as(`${own}-app`).get(path).expect(200);
        expect(text).toContain(`the one of ${own}`);
        expect(text).not.toContain(`the one of ${other}`);
        const viaGateway = await stagedoor.as('gateway').get(path).set('x-tenant-id', `${own}`).expect(200);
        expect(viaGateway.text).toBe(text);
      }
    }
  });

  it('have different fingerprints of the same secret, and different ETags of the same body', async () => {
    const path = `/api/v1/integrations/${SHARED_ID}`;
    const acme = await stagedoor.as('acme-app').get(path).expect(200);
    const globex = await stagedoor.as('globex-app').get(path).expect(200);
    expect(acme.body.secrets.authToken.fingerprint).not.toBe(globex.body.secrets.authToken.fingerprint);
    expect(acme.headers['etag']).not.toBe(globex.headers['etag']);
    await stagedoor.as('globex-app').get(path).set('if-none-match', `${acme.headers['etag']}`).expect(200);
    await stagedoor.as('acme-app').get(path).set('if-none-match', `${acme.headers['etag']}`).expect(304);
  });

  it('do not see a write of each other', async () => {
    await stagedoor.as('acme-app').delete(`/api/v1/integrations/${SHARED_ID}`).expect(200);
    await stagedoor.as('acme-app').get(`/api/v1/integrations/${SHARED_ID}`).expect(404);
    await stagedoor
      .as('globex-app')
      .get(`/api/v1/integrations/${SHARED_ID}`)
      .set('cache-control', 'no-cache')
      .expect(200);
  });
});

describe('the tenant of a request [S-759]', () => {
  let stagedoor: Stagedoor;

  beforeAll(async () => {
    stagedoor = await startStagedoor({ hubs: { acme: [HUBS.acme] } });
  });
  afterAll(() => stagedoor.close());

  it('has to be named by a caller with several tenants', async () => {
    const { body } = await stagedoor.as('gateway').get('/api/v1/integrations').expect(400);
    expect(body.code).toBe('tenant-required');
    const named = await stagedoor.as('gateway').get('/api/v1/me').set('x-tenant-id', 'globex').expect(200);
    expect(named.body).toMatchObject({ caller: 'gateway', tenant: 'globex' });
  });

  it('need not be named where the response concerns none', async () => {
    const { body } = await stagedoor.as('gateway').get('/api/v1/me').expect(200);
    expect(body).toEqual({ caller: 'gateway', tenants: ['acme', 'globex'], allTenants: true, scopes: [...SCOPES] });
    await stagedoor.as('gateway').get('/api/v1/channels').expect(200);
    await stagedoor.as('gateway').get('/api/v1/channels/Slack').expect(200);
    await stagedoor.as('gateway').get('/api/v1/channels').set('x-tenant-id', 'nobody').expect(403);
    expect((await stagedoor.as('acme-app').get('/api/v1/me').expect(200)).body).toMatchObject({
      tenant: 'acme',
      tenants: ['acme'],
      allTenants: false,
      hubs: [HUBS.acme],
    });
  });

  it('leaves no audit record where it need not be named, and a log line with the caller', async () => {
    await stagedoor.as('gateway').get('/api/v1/me').set('x-request-id', 'no-tenant').expect(200);
    await stagedoor.as('gateway').get('/api/v1/me?unknown=1').set('x-request-id', 'bad-query').expect(400);
    await stagedoor.as('gateway').get('/api/v1/integrations').set('x-request-id', 'refused').expect(400);
    // The response to a purge follows its record, and the trail is written in order.
    await stagedoor.as('acme-app').delete('/api/v1/cache').expect(204);
    const recorded = (await stagedoor.trail()).map(({ requestId }) => requestId);
    expect(['no-tenant', 'bad-query', 'refused'].filter((id) => recorded.includes(id))).toEqual(['refused']);
    const lines = stagedoor.logs.map((line): Record<string, unknown> => JSON.parse(line));
    const logged = lines.find(({ requestId }) => requestId === 'no-tenant');
    expect(logged).toMatchObject({ route: '/api/v1/me', status: 200, caller: 'gateway' });
    expect(logged).not.toHaveProperty('tenant');
  });

  it('leads to the same response if the caller may not use it or if it does not exist', async () => {
    const foreign = await stagedoor.as('acme-app').get('/api/v1/me').set('x-tenant-id', 'globex').expect(403);
    const absent = await stagedoor.as('acme-app').get('/api/v1/me').set('x-tenant-id', 'nobody').expect(403);
    expect({ ...foreign.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' });
    const gateway = await stagedoor.as('gateway').get('/api/v1/me').set('x-tenant-id', 'nobody').expect(403);
    expect({ ...gateway.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' });
  });

  it('decides which hubs exist: one that is not listed is 404 without a call [S-016]', async () => {
    const before = (await stagedoor.hubsterCalls()).length;
    const { body } = await stagedoor
      .as('acme-app')
      .get(`/api/v1/integrations/hubs/${HUBS.acmeSecond}/Direct`)
      .expect(404);
    expect(body).toMatchObject({ code: 'not-found', errors: [{ code: 699 }] });
    await stagedoor.as('acme-app').get(`/api/v1/integrations?hubId=${HUBS.acmeSecond}`).expect(404);
    await stagedoor
      .as('acme-app')
      .post(`/api/v1/integrations/hubs/${HUBS.acmeSecond}`)
      .send({ channelId: 'WebChat', name: 'x', configuration: { allowedOrigins: ['localhost'] } })
      .expect(404);
    expect(await stagedoor.hubsterCalls()).toHaveLength(before);
  });

  it('decides which integrations exist: one in such a hub is 404 for reads and writes [S-016]', async () => {
    const integrationId = '33333333-3333-3333-3333-333333333333';
    await supertest(stagedoor.sandbox.url)
      .post('/sandbox/integrations')
      .send({
        tenant: 'acme',
        integration: {
          integrationId,
          hubId: HUBS.acmeSecond,
          integrationTypeId: 'Customer',
          channelId: 'WebChat',
          name: 'hidden',
          statusId: 3000,
          configuration: { allowedOrigins: ['localhost'] },
        },
      });
    const foreign = await stagedoor.as('acme-app').get(`/api/v1/integrations/${integrationId}`).expect(404);
    const absent = await stagedoor
      .as('acme-app')
      .get('/api/v1/integrations/44444444-4444-4444-4444-444444444444')
      .expect(404);
    expect({ ...foreign.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' });
    await stagedoor.as('acme-app').patch(`/api/v1/integrations/${integrationId}`).send({ statusId: 3002 }).expect(404);
    await stagedoor.as('acme-app').delete(`/api/v1/integrations/${integrationId}`).expect(404);
    expect((await stagedoor.hubsterCalls()).filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('implies the hub of the collection if it has one only [S-601]', async () => {
    const { body } = await stagedoor.as('acme-app').get('/api/v1/integrations').expect(200);
    expect(body.results).toEqual([]);
    expect((await stagedoor.hubsterCalls()).at(-1)?.query).toMatchObject({ hubId: HUBS.acme });
  });
});
