import supertest from 'supertest';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const MIB = 1024 * 1024;
const PATH = '/api/v1/integrations';
const JSON_TYPE = 'application/json';
const webChat = { channelId: 'WebChat', name: 'x', configuration: { allowedOrigins: ['localhost'] } };

/** Responses with 200 of Hubster or a proxy before it; the status and code that a read then has. */
const RESPONSES: readonly (readonly [string, object, number, string])[] = [
  ['HTML', { garbage: true }, 502, 'upstream-invalid'],
  ['a truncated text', { body: '{"pageNumber":0,' }, 502, 'upstream-invalid'],
  ['a body that ends early', { truncate: true }, 502, 'upstream-error'],
  ['10 MiB', { oversizedBytes: 10 * MIB }, 502, 'upstream-invalid'],
  ['a gzip bomb', { gzipBomb: true }, 502, 'upstream-invalid'],
  ['50,000 nested arrays', { nest: 50_000 }, 502, 'upstream-invalid'],
  ['a key __proto__', { body: '{"results":[],"__proto__":{"total":1}}' }, 502, 'upstream-invalid'],
  ['another charset', { headers: { 'Content-Type': `${JSON_TYPE}; charset=iso-8859-1` } }, 502, 'upstream-invalid'],
  ['a redirect', { redirect: 'http://127.0.0.1:1/elsewhere' }, 502, 'upstream-error'],
  ['a reset', { reset: true }, 502, 'upstream-error'],
  ['a slow drip', { dripMs: 50 }, 504, 'upstream-timeout'],
  ['nothing', { hang: true }, 504, 'upstream-timeout'],
];

/** Each causes a problem, is not cached, and does not affect the next call. */
describe.each(RESPONSES)('a response of Hubster with %s', (_what, effect, status, code) => {
  let stagedoor: Stagedoor;
  beforeEach(async () => {
    stagedoor = await startStagedoor({ env: { LOG_LEVEL: 'silent' } });
  });
  afterEach(() => stagedoor.close());

  const agent = () => stagedoor.as('acme-app');
  const fault = (method: string) => stagedoor.fault({ match: { method, path: '^/api/v1/' }, times: 0, effect });

  it(`ends a read with ${status} ${code}, and is not cached`, async () => {
    await fault('GET');
    const { body, headers } = await agent().get(PATH).set('x-request-timeout-ms', '1500').expect(status);
    expect(body).toMatchObject({ status, code });
    expect(headers['content-type']).toContain('application/problem+json');
    await supertest(stagedoor.sandbox.url).delete('/sandbox/faults').expect(204);
    const next = await agent().get(PATH).expect(200);
    expect(next.headers['cache-status']).toBe('stagedoor; fwd=miss; stored');
    expect(next.body).toMatchObject({ total: 0, results: [] });
  });

  it('does not prevent that a create that took effect is found, and sent once', async () => {
    await stagedoor.fault({
      match: { method: 'POST', path: '^/api/v1/' },
      effect: { ...effect, apply: true },
    });
    const hub = `${PATH}/hubs/${HUBS.acme}`;
    // A redirect is unambiguous.
    if ('redirect' in effect) return void (await agent().post(hub).send(webChat).expect(502));
    const write = agent().post(hub).set('x-request-timeout-ms', '3000').send(webChat);
    const { body } = await write.expect(status === 504 ? 504 : 200);
    expect(body).toMatchObject(status === 504 ? { outcome: 'unknown' } : { name: 'x' });
    expect((await stagedoor.hubsterCalls()).filter(({ method }) => method === 'POST')).toHaveLength(1);
  });
});
