import { ServerResponse } from 'node:http';
import { parse } from 'yaml';
import { CHANNELS } from '../../src/channels/channel-registry';
import { PROBLEM_CODES, PROBLEM_KINDS } from '../../src/problems/problem-registry';
import { textOf } from '../support/repository';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

describe('operations and documentation', () => {
  let stagedoor: Stagedoor;

  beforeAll(async () => {
    stagedoor = await startStagedoor();
  });
  afterAll(() => stagedoor.close());

  it('responds to liveness and readiness without credentials', async () => {
    expect((await stagedoor.as().get('/health/live').expect(200)).body).toEqual({ status: 'ok' });
    expect((await stagedoor.as().get('/health/ready').expect(200)).body).toEqual({ status: 'ok' });
  });

  it('sends a request id with every response: the caller’s, if it is valid', async () => {
    const own = await stagedoor.as().get('/health/live').set('x-request-id', 'mine-1');
    expect(own.headers['x-request-id']).toBe('mine-1');
    const invalid = await stagedoor.as().get('/nowhere').set('x-request-id', 'not one');
    expect(invalid.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(invalid.body.requestId).toBe(invalid.headers['x-request-id']);
  });

  it('sends the request id to Hubster, and not the caller’s credentials [S-013, S-002, S-003]', async () => {
    await stagedoor
      .as('acme-app')
      .get('/api/v1/integrations')
      .set('x-request-id', 'to-hubster')
      .set('cookie', 'a=b')
      .expect(200);
    const entry = (await stagedoor.hubsterCalls()).find(({ headers }) => headers['x-request-id'] === 'to-hubster');
    expect(entry?.headers).toMatchObject({
      'content-type': 'application/json',
      accept: 'application/json',
      authorization: 'Bearer ***',
    });
  });

  it('logs one JSON line for a request, with its route and not its URL', async () => {
    await stagedoor.as('acme-app').get(`/api/v1/integrations/${HUBS.acme}`).set('x-request-id', 'logged').expect(404);
    const lines = stagedoor.logs.map((line): Record<string, unknown> => JSON.parse(line));
    expect(lines.filter(({ requestId, msg }) => requestId === 'logged' && msg === 'request')).toEqual([
      expect.objectContaining({
        level: 'info',
        method: 'GET',
        route: '/api/v1/integrations/:integrationId',
        status: 404,
        code: 'not-found',
        caller: 'acme-app',
        tenant: 'acme',
        durationMs: expect.any(Number),
      }),
    ]);
  });

  it('logs a response of 5xx as a warning, with the cause of the failed call [S-865]', async () => {
    await stagedoor.fault({ match: { path: HUBS.globex }, times: 0, effect: { status: 503 } });
    const { status } = await stagedoor
      .as('acme-app')
      .get(`/api/v1/integrations/${HUBS.globex}`)
      .set('x-request-id', 'bad');
    const lines = stagedoor.logs.map((line): Record<string, unknown> => JSON.parse(line));
    expect(lines.find(({ requestId, msg }) => requestId === 'bad' && msg === 'request')).toMatchObject({
      level: 'warn',
      status,
      code: 'upstream-unavailable',
      cause: 'unavailable',
    });
    expect(status).toBe(503);
  });

  it('logs probes and scrapes at debug, other requests at info [S-865]', async () => {
    for (const path of ['/health/live', '/health/ready', '/metrics', '/openapi.json'])
      await stagedoor
        .as()
        .get(path)
        .set('x-request-id', `level-of${path.replaceAll('/', '.')}`);
    const lines = stagedoor.logs.map((line): Record<string, unknown> => JSON.parse(line));
    const requests = lines.filter(({ requestId }) => String(requestId).startsWith('level-of'));
    expect(requests.map(({ route, level }) => [route, level])).toEqual([
      ['/health/live', 'debug'],
      ['/health/ready', 'debug'],
      ['/metrics', 'debug'],
      ['/openapi.json', 'info'],
    ]);
  });

  it('counts requests, upstream calls and cache results in metrics without tenants', async () => {
    await stagedoor.as('acme-app').get('/api/v1/integrations').expect(200);
    const { text, headers } = await stagedoor.as().get('/metrics').expect(200);
    expect(headers['content-type']).toContain('text/plain');
    expect(text).toMatch(/stagedoor_requests_total\{method="GET",route="\/api\/v1\/integrations",status="200"\} \d+/);
    expect(text).toMatch(/stagedoor_upstream_calls_total\{[^}]+\} \d+/);
    expect(text).toMatch(/stagedoor_cache_results_total\{[^}]+\} \d+/);
    expect(text).not.toMatch(/acme|globex|gateway/);
  });

  it.each([
    '/openapi.json',
    '/openapi.yaml',
    '/problems',
    '/problems/not-found',
    '/docs',
    '/docs/swagger-ui-bundle.js',
  ])('sends %s from one buffer', async (path) => {
    const end = jest.spyOn(ServerResponse.prototype, 'end');
    for (let count = 0; count < 2; count += 1) await stagedoor.as().get(path).expect(200);
    const sent = new Set<unknown>(end.mock.calls.map(([body]) => body));
    end.mockRestore();
    expect([...sent].map(Buffer.isBuffer)).toEqual([true]);
  });

  it('lists all ten channels, with schemas for the documented six [S-012]', async () => {
    const { body } = await stagedoor.as('reader').get('/api/v1/channels').expect(200);
    expect(body.map(({ channelId }: { channelId: string }) => channelId)).toEqual(CHANNELS.map(({ id }) => id));
    const twilio = await stagedoor.as('reader').get('/api/v1/channels/102').expect(200);
    expect(twilio.body).toMatchObject({
      channelId: 'TwilioSMS',
      configurationUpdate: 'frozen',
      createSchema: { required: ['authToken', 'accountSid', 'numberSid'], additionalProperties: false },
      fields: expect.arrayContaining([expect.objectContaining({ name: 'authToken', secret: true, required: true })]),
    });
    await stagedoor.as('reader').get('/api/v1/channels/Fax').expect(400);
  });

  it('links the type of every problem to its page', async () => {
    const { body } = await stagedoor.as().get('/nowhere').expect(404);
    const page = await stagedoor.as().get(body.type).expect(200);
    expect(page.body).toMatchObject({ code: 'not-found', status: 404, title: body.title });
    for (const code of PROBLEM_CODES) {
      const { body: kind } = await stagedoor.as().get(`/problems/${code}`).expect(200);
      expect(kind).toEqual({ code, ...PROBLEM_KINDS[code] });
    }
    await stagedoor.as().get('/problems/unheard-of').expect(404);
  });

  it('serves the same OpenAPI document as JSON and YAML', async () => {
    const json = await stagedoor.as().get('/openapi.json').expect(200);
    const yaml = await stagedoor.as().get('/openapi.yaml').expect(200);
    expect(parse(yaml.text)).toEqual(json.body);
    expect(json.body.openapi).toBe('3.1.0');
  });

  it('serves docs/openapi.yaml, which `npm run openapi` writes', async () => {
    const { text } = await stagedoor.as().get('/openapi.yaml').expect(200);
    expect(textOf('docs/openapi.yaml')).toBe(text);
  });

  it('serves the document, but not Swagger UI, with DOCS=off', async () => {
    const quiet = await startStagedoor({ env: { DOCS: 'off' } });
    await quiet.as().get('/docs').expect(404);
    await quiet.as().get('/openapi.json').expect(200);
    await quiet.as().get('/openapi.yaml').expect(200);
    await quiet.close();
  });

  it.each(['/openapi.json', '/openapi.yaml'])('responds with 304 to the entity tag of %s', async (path) => {
    const { headers } = await stagedoor.as().get(path).expect(200);
    expect(headers['cache-control']).toBe('no-cache');
    const again = await stagedoor
      .as()
      .get(path)
      .set('if-none-match', headers['etag'] ?? '')
      .expect(304);
    expect([again.headers['etag'], again.text]).toEqual([headers['etag'], '']);
    await stagedoor.as().get(path).set('if-none-match', '"another"').expect(200);
  });
});
