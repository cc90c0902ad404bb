import { RedisServer } from '../support/redis-server';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const HUB = `/api/v1/integrations/hubs/${HUBS.acme}`;
const webChat = { channelId: 'WebChat', name: 'cached', configuration: { allowedOrigins: ['localhost'] } };

describe.each(['memory', 'redis'])('the cache over HTTP, with %s', (tier) => {
  let redis: RedisServer | undefined;
  let stagedoor: Stagedoor;
  let path: string;

  beforeAll(async () => {
    redis = tier === 'redis' ? await RedisServer.start() : undefined;
    stagedoor = await startStagedoor({ env: redis ? { REDIS_URL: redis.url } : {} });
    const { body } = await stagedoor.as('acme-app').post(HUB).send(webChat).expect(200);
    path = `/api/v1/integrations/${body.integrationId}`;
  });
  afterAll(async () => {
    await stagedoor.close();
    await redis?.stop();
  });

  const reads = async () => (await stagedoor.hubsterCalls()).filter(({ method }) => method === 'GET').length;

  it('calls Hubster once, as Cache-Status shows', async () => {
    const miss = await stagedoor.as('acme-app').get(path).expect(200);
    const hit = await stagedoor.as('acme-app').get(path).expect(200);
    expect(await reads()).toBe(1);
    expect(miss.headers['cache-status']).toBe('stagedoor; fwd=miss; stored');
    expect(hit.headers['cache-status']).toMatch(/^stagedoor; hit; ttl=\d+$/);
    expect(hit.headers['age']).toMatch(/^\d+$/);
    expect(hit.headers).toMatchObject({
      'cache-control': 'private, no-cache',
      vary: 'Authorization, X-API-Key, X-Tenant-Id',
      etag: miss.headers['etag'],
    });
    expect(hit.text).toBe(miss.text);
  });

  it('responds with 304 to a matching If-None-Match [S-770]', async () => {
    const { headers } = await stagedoor.as('acme-app').get(path).expect(200);
    const notModified = await stagedoor
      .as('acme-app')
      .get(path)
      .set('if-none-match', `"x", ${headers['etag']}`)
      .expect(304);
    expect(notModified.text).toBe('');
    expect(notModified.headers).toMatchObject({
      etag: headers['etag'],
      age: expect.stringMatching(/^\d+$/),
      'cache-status': expect.stringMatching(/^stagedoor; hit; ttl=\d+$/),
      'cache-control': 'private, no-cache',
      vary: 'Authorization, X-API-Key, X-Tenant-Id',
    });
    expect(notModified.headers).not.toHaveProperty('content-length');
    await stagedoor.as('acme-app').get(path).set('if-none-match', '"x"').expect(200);
  });

  it('responds to HEAD like to GET, without a body', async () => {
    const get = await stagedoor.as('acme-app').get(path).expect(200);
    const head = await stagedoor.as('acme-app').head(path).expect(200);
    expect(head.text).toBeUndefined();
    expect(head.headers['etag']).toBe(get.headers['etag']);
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
  });

  it('calls Hubster for no-cache, whatever is cached', async () => {
    const before = await reads();
    const { headers } = await stagedoor.as('acme-app').get(path).set('cache-control', 'no-cache').expect(200);
    expect(headers['cache-status']).toBe('stagedoor; fwd=request; stored');
    expect(await reads()).toBe(before + 1);
  });

  it('responds with 304 to no-cache when the load has the same ETag', async () => {
    const { headers } = await stagedoor.as('acme-app').get(path).expect(200);
    const { headers: received } = await stagedoor
      .as('acme-app')
      .get(path)
      .set({ 'cache-control': 'no-cache', 'if-none-match': headers['etag'] ?? '' })
      .expect(304);
    expect(received['cache-status']).toBe('stagedoor; fwd=request; stored');
  });

  it('is never older than the own write of a caller, for one, list and collection [N4]', async () => {
    const paths = [path, `${HUB}/WebChat`, '/api/v1/integrations'];
    for (const statusId of [3002, 3000]) {
      for (const read of paths) await stagedoor.as('acme-app').get(read).expect(200);
      await stagedoor.as('acme-app').patch(path).send({ statusId }).expect(200);
      for (const read of paths) {
        const { text } = await stagedoor.as('acme-app').get(read).expect(200);
        expect(text).toContain(`"statusId":${statusId}`);
      }
    }
  });

  it('keeps a 404, and renders its problem for each request [S-405]', async () => {
    const absent = '/api/v1/integrations/88888888-8888-8888-8888-888888888888';
    const first = await stagedoor.as('acme-app').get(absent).set('x-request-id', 'first').expect(404);
    const before = await reads();
    const second = await stagedoor.as('acme-app').get(absent).set('x-request-id', 'second').expect(404);
    expect(await reads()).toBe(before);
    expect([first.body.requestId, second.body.requestId]).toEqual(['first', 'second']);
    expect(second.headers['cache-control']).toBe('no-store');
    expect(second.headers['cache-status']).toMatch(/^stagedoor; hit/);
  });

  it('drops the entries of the tenant on DELETE /cache', async () => {
    await stagedoor.as('acme-app').get(path).expect(200);
    const before = await reads();
    await stagedoor.as('acme-app').delete('/api/v1/cache').expect(204);
    await stagedoor.as('acme-app').get(path).expect(200);
    expect(await reads()).toBe(before + 1);
  });

  it('links a page of the collection to its neighbours [S-606]', async () => {
    for (const name of ['two', 'three'])
      await stagedoor
        .as('acme-app')
        .post(HUB)
        .send({ ...webChat, name })
        .expect(200);
    const { headers, body } = await stagedoor
      .as('acme-app')
      .get('/api/v1/integrations?pageNumber=1&pageSize=1')
      .expect(200);
    expect(body).toMatchObject({ pageNumber: 1, pageSize: 1, total: 3, results: [expect.anything()] });
    expect(headers['link']).toBe(
      [
        '</api/v1/integrations?pageNumber=0&pageSize=1>; rel="first"',
        '</api/v1/integrations?pageNumber=0&pageSize=1>; rel="prev"',
        '</api/v1/integrations?pageNumber=2&pageSize=1>; rel="next"',
        '</api/v1/integrations?pageNumber=2&pageSize=1>; rel="last"',
      ].join(', '),
    );
  });
});
