import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { SignJWT } from 'jose';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const LIST = '/api/v1/integrations';
const KEY = new TextEncoder().encode('a key that nobody has published');
const CREATE = {
  channelId: 'WebChat',
  name: 'by an unknown token',
  configuration: { allowedOrigins: ['https://a.example.com'] },
};

interface RequestOptions {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** The local address, one of 127.0.0.0/8. */
  readonly from?: string;
}

describe('passthrough tokens are unauthenticated until Hubster accepts them (faults 1.10)', () => {
  let stagedoor: Stagedoor;

  beforeEach(async () => {
    stagedoor = await startStagedoor({ tenantsFile: { passthrough: true } });
  });
  afterEach(() => stagedoor.close());

  function send(
    token: string,
    { method = 'GET', path = LIST, headers, body, from }: RequestOptions = {},
  ): Promise<number> {
    return new Promise((resolve, reject) => {
      const own = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }), ...headers };
      const options = { method, headers: own, ...(from && { localAddress: from }) };
      request(`${stagedoor.url}${path}`, options, (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
      })
        .once('error', reject)
        .end(body && JSON.stringify(body));
    });
  }

  const unknownToken = () => randomBytes(24).toString('base64url');
  const create = (token: string, from?: string) =>
    send(token, {
      ...{ method: 'POST', path: `${LIST}/hubs/${HUBS.acme}`, body: CREATE },
      headers: { 'idempotency-key': randomBytes(12).toString('hex') },
      ...(from && { from }),
    });

  it('causes 60 reads, 60 records and no intent for 200 unknown tokens, and rejects no valid token meanwhile', async () => {
    const valid = await stagedoor.portalToken();
    expect(await send(valid)).toBe(200);
    const before = (await stagedoor.hubsterCalls()).length;
    const made = await Promise.all(Array.from({ length: 200 }, () => create(unknownToken())));
    expect(new Set(made)).not.toContain(200);
    // One more is allowed each second.
    expect((await stagedoor.hubsterCalls()).length - before).toBeLessThan(90);

    const statuses = await Promise.all(Array.from({ length: 50 }, () => send(valid)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(await send(await stagedoor.portalToken(), { from: '127.0.0.2' })).toBe(200);
    expect(await create(unknownToken())).toBe(429);

    await stagedoor.app.close();
    const trail = await stagedoor.trail();
    expect(trail.filter(({ phase }) => phase === 'intent')).toEqual([]);
    const rejected = trail.filter(({ action }) => action === 'access.refused');
    expect(rejected.length).toBeLessThanOrEqual(61);
    expect(new Set(rejected.map(({ tenant, caller }) => `${tenant} ${caller}`))).toEqual(new Set(['null null']));
  });

  it('probes a token once, before its first write is recorded, and then makes it a tenant', async () => {
    const token = await stagedoor.portalToken();
    expect(await Promise.all(Array.from({ length: 5 }, () => send(token, { path: '/api/v1/me' })))).toEqual(
      Array(5).fill(200),
    );
    expect(await create(token)).toBe(200);
    const calls = (await stagedoor.hubsterCalls()).map(({ method, path }) => `${method} ${path}`);
    expect(calls).toEqual([`GET ${LIST}`, `POST ${LIST}/hubs/${HUBS.acme}`]);
    const [intent] = (await stagedoor.trail()).filter(({ phase }) => phase === 'intent');
    expect(intent).toMatchObject({ tenant: expect.stringMatching(/^own:/), caller: 'passthrough' });
  });

  it('makes a token unauthenticated again when Hubster rejects it, with at most one probe in a few seconds', async () => {
    const token = await stagedoor.portalToken();
    expect(await send(token)).toBe(200);
    await stagedoor.fault({ match: { method: 'GET', path: '^/api/v1/' }, times: 2, effect: { status: 401 } });
    const revalidate = { headers: { 'cache-control': 'no-cache' } };
    expect(await send(token, revalidate)).toBe(401);
    const before = (await stagedoor.hubsterCalls()).length;
    expect(await Promise.all([send(token), send(token), send(token)])).toEqual([401, 401, 401]);
    expect(await send(token)).toBe(401);
    expect(await stagedoor.hubsterCalls()).toHaveLength(before + 1);
  });

  it('neither accepts nor rejects a token, and records nothing, when Hubster fails', async () => {
    const token = await stagedoor.portalToken();
    await stagedoor.fault({ match: { method: 'GET', path: '^/api/v1/' }, times: 3, effect: { status: 503 } });
    expect(await send(token)).toBe(503);
    expect(await send(token)).toBe(200);
    await stagedoor.app.close();
    expect((await stagedoor.trail()).filter(({ action }) => action === 'access.refused')).toEqual([]);
  });

  it('sends Hubster only opaque tokens and JWTs of its own issuer', async () => {
    const jwt = (claims: object) => new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(KEY);
    const foreign = [
      await jwt({ iss: 'https://login.example.com/' }),
      await jwt({}),
      await jwt({ iss: `${stagedoor.sandbox.url}.example.com` }),
      `${Buffer.from('{"alg":"dir","enc":"A256GCM"}').toString('base64url')}..a.b.c`,
      'sd_made-up',
      'not/b64{token}',
    ];
    for (const token of foreign) expect(await send(token)).toBe(401);
    expect(await stagedoor.hubsterCalls()).toEqual([]);
    expect(await send(await jwt({ iss: stagedoor.sandbox.url }))).toBe(401);
    expect(await send(await jwt({ iss: `${stagedoor.sandbox.url}/` }))).toBe(401);
    expect(await send('eyJ.opaque.all-the-same')).toBe(401);
    expect(await stagedoor.hubsterCalls()).toHaveLength(3);
  });
});

describe('rejections of known callers', () => {
  it('leave 60 records and one with the count for 300 requests without the scope, and do not affect another caller', async () => {
    const stagedoor = await startStagedoor();
    const purge = () => stagedoor.as('reader').delete('/api/v1/cache');
    for (let round = 0; round < 30; round += 1)
      await Promise.all(Array.from({ length: 10 }, () => purge().expect(403)));
    await stagedoor.as('acme-app').get('/api/v1/me').set('x-tenant-id', 'globex').expect(403);
    await stagedoor.app.close();
    const rejected = (await stagedoor.trail()).filter(({ action }) => action === 'access.refused');
    const of = (id: string) => rejected.filter(({ caller }) => caller === id);
    expect(of('acme-app')).toHaveLength(1);
    expect(of('reader')).toHaveLength(61);
    expect(of('reader').at(-1)).toMatchObject({ tenant: 'acme', status: 403, code: 'forbidden', count: 240 });
    await stagedoor.close();
  });

  it('count towards the limit of their tenant and caller', async () => {
    const stagedoor = await startStagedoor({ limits: { acme: 100 } });
    const statuses: number[] = [];
    for (let count = 0; count < 12; count += 1) {
      statuses.push((await stagedoor.as('reader').delete('/api/v1/cache')).status);
    }
    expect(statuses).toEqual([...Array(10).fill(403), 429, 429]);
    await stagedoor.close();
  });

  it('count for an invalid X-Request-Timeout-Ms as well', async () => {
    const stagedoor = await startStagedoor({ limits: { acme: 100 } });
    const statuses: number[] = [];
    for (let count = 0; count < 12; count += 1) {
      const request = stagedoor.as('reader').get('/api/v1/me').set('x-request-timeout-ms', 'soon');
      statuses.push((await request).status);
    }
    expect(statuses).toEqual([...Array(10).fill(400), 429, 429]);
    await stagedoor.close();
  });
});
