import { HttpService } from '@nestjs/axios';
import supertest from 'supertest';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const ID = '77777777-7777-7777-7777-777777777777';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly status: number;
}

/** Requests to Hubster are ordinary requests of axios, so that its interceptors work (docs/decisions/0014). */
describe('interceptors of axios', () => {
  let stagedoor: Stagedoor;
  let seen: Seen[];

  beforeEach(async () => {
    stagedoor = await startStagedoor();
    seen = [];
    const { interceptors } = stagedoor.app.get(HttpService).axiosRef;
    interceptors.request.use((config) => {
      config.headers.set('user-agent', 'interceptor');
      return config;
    });
    interceptors.response.use((response) => {
      const { method, url, headers } = response.config;
      seen.push({ method, url, headers: headers.toJSON(), status: response.status });
      return response;
    });
  });
  afterEach(() => stagedoor.close());

  const get = () => stagedoor.as('acme-app').get(`/api/v1/integrations/${ID}`);

  it('see URL, method, headers and status of each call, tokens included', async () => {
    const integration = { integrationId: ID, hubId: HUBS.acme, channelId: 'Direct', name: 'x', configuration: {} };
    await supertest(stagedoor.sandbox.url).post('/sandbox/integrations').send({ tenant: 'acme', integration });
    await stagedoor.fault({ match: { path: '^/api/v1/' }, times: 1, effect: { status: 503 } });
    await get().set('x-request-id', 'request-7').expect(200);

    const { url } = stagedoor.sandbox;
    const portal = {
      method: 'get',
      url: new URL(`/api/v1/integrations/${ID}`, url).href,
      headers: expect.objectContaining({
        authorization: expect.stringMatching(/^Bearer /),
        accept: 'application/json',
        'x-request-id': 'request-7',
      }),
    };
    expect(seen).toEqual([
      {
        method: 'post',
        url: new URL('/connect/token', url).href,
        headers: expect.objectContaining({ 'content-type': 'application/x-www-form-urlencoded' }),
        status: 200,
      },
      { ...portal, status: 503 },
      { ...portal, status: 200 },
    ]);
  });

  it('may add a header, which is sent', async () => {
    await get().expect(404);
    const [{ headers } = { headers: {} }] = await stagedoor.hubsterCalls();
    expect(headers).toMatchObject({ 'user-agent': 'interceptor' });
  });

  it('may fail, and nothing of the request reaches the caller or the log', async () => {
    const { interceptors } = stagedoor.app.get(HttpService).axiosRef;
    interceptors.response.use((response) => {
      throw Object.assign(new Error(String(response.config.headers['authorization'])), response);
    });
    const { body } = await get().expect(502);
    expect(body.code).toBe('upstream-error');
    expect(JSON.stringify(body) + stagedoor.logs.join('')).not.toMatch(/Bearer|client_secret/);
  });
});

describe('a request to Hubster without interceptors', () => {
  it('is the one that axios sends with an interceptor that changes nothing', async () => {
    const stagedoor = await startStagedoor();
    const create = () =>
      stagedoor
        .as('acme-app')
        .post(`/api/v1/integrations/hubs/${HUBS.acme}`)
        .set('x-request-id', 'same-request')
        .set('traceparent', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`)
        .send({ channelId: 'WebChat', name: 'Zürich', configuration: { allowedOrigins: ['localhost'] } });
    const callsOf = async () => {
      const before = (await stagedoor.hubsterCalls()).length;
      await create();
      const calls = (await stagedoor.hubsterCalls()).slice(before);
      return calls.map(({ method, path, headers, body }) => {
        const { traceparent, ...others } = headers;
        // The span is new in each call.
        return { method, path, body, headers: { ...others, traceparent: traceparent?.slice(0, 35) } };
      });
    };
    await create();
    const direct = await callsOf();
    stagedoor.app.get(HttpService).axiosRef.interceptors.request.use((config) => config);
    expect(direct).not.toEqual([]);
    expect(await callsOf()).toEqual(direct);
    await stagedoor.close();
  });
});
