import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { SAMPLES } from '../../../test/support/sandbox/samples';
import { SandboxClient } from '../../../test/support/sandbox/sandbox-client';

/** The end of a request as the socket shows it. */
interface RawResponse {
  readonly status?: number | undefined;
  readonly headers?: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
  /** Number of chunks of the body. */
  readonly pieces: number;
  readonly failed: boolean;
}

describe('Faults', () => {
  let client: SandboxClient;
  beforeAll(async () => {
    client = await SandboxClient.start({ quirks: false });
    // Before any fault, as faults also hit the token endpoint.
    await Promise.all([client.token('acme'), client.token('globex')]);
  });
  beforeEach(() => client.reset());
  afterAll(() => client.close());

  const create = (name = 'a') => client.create('System', name, SAMPLES.System);
  const lastEntry = async () => (await client.callLog()).at(-1) ?? {};

  /** Sends a call and returns its response, broken or not. */
  async function callRaw(method: string, path: string, body = ''): Promise<RawResponse> {
    const headers = { authorization: `Bearer ${await client.token()}`, 'content-type': 'application/json' };
    return new Promise((resolve) => {
      const sent = request(`${client.sandbox.url}/api/v1/integrations${path}`, { method, headers });
      sent.on('error', () => resolve({ body: Buffer.alloc(0), pieces: 0, failed: true }));
      sent.on('response', (response) => {
        const chunks: Buffer[] = [];
        const { statusCode: status, headers } = response;
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', () => undefined);
        response.on('close', () =>
          resolve({ status, headers, body: Buffer.concat(chunks), pieces: chunks.length, failed: !response.complete }),
        );
      });
      sent.end(body);
    });
  }

  /** Starts a create whose client can disconnect before the response. */
  async function begin(): Promise<{ disconnect: () => Promise<unknown> }> {
    const controller = new AbortController();
    const authorization = `Bearer ${await client.token()}`;
    const response = fetch(`${client.sandbox.url}/api/v1/integrations/hubs/${client.hub}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: creation(),
      signal: controller.signal,
    }).catch(() => 'disconnected');
    const disconnect = (): Promise<unknown> => {
      controller.abort();
      return response;
    };
    return { disconnect };
  }
  const untilRecorded = async (): Promise<void> => {
    while ((await client.callLog()).length === 0);
  };
  const untilHit = async (): Promise<void> => {
    while (!(await client.send('GET', '/sandbox/faults')).text.includes('"hits":1'));
  };
  const creation = (name = 'a') => JSON.stringify({ channelId: 'System', name, configuration: SAMPLES.System });

  it('sends a status with headers once, then the regular response [S-700]', async () => {
    await client.fault({}, { status: 429, headers: { 'Retry-After': 2 } });
    const { status, headers } = await client.portal('GET', '');
    expect([status, headers.get('retry-after')]).toEqual([429, '2']);
    expect((await client.portal('GET', '')).status).toBe(200);
  });

  it.each([
    [500, 100],
    [403, 101],
    [401, 102],
    [501, 103],
    [410, 104],
    [404, 105],
    [409, 106],
    [417, 107],
    [408, 108],
  ])('sends status %d with the documented body PRT %d unless the fault has a body', async (status, code) => {
    await client.fault({}, { status });
    expect((await client.portal('GET', '')).codes).toEqual([code]);
    await client.fault({}, { status, body: { own: true } });
    expect((await client.portal('GET', '')).json).toEqual({ own: true });
    await client.fault({}, { status, body: 'own' });
    expect((await client.portal('GET', '')).text).toBe('own');
  });

  it('executes a mutation behind a failure only with apply [S-701]', async () => {
    await client.fault({ method: 'post' }, { status: 503 });
    expect((await create()).status).toBe(503);
    expect(await client.names()).toEqual([]);
    await client.fault({ method: 'POST' }, { status: 503, apply: true });
    expect((await create()).status).toBe(503);
    expect(await client.names()).toEqual(['a']);
    expect(await lastEntry()).toMatchObject({ status: 503, applied: true, effect: { kind: 'created', name: 'a' } });
  });

  it.each([false, true])('resets the connection, with apply %s [S-704]', async (apply) => {
    const id = await client.fault({}, { reset: true, apply });
    expect((await callRaw('POST', `/hubs/${client.hub}`, creation())).failed).toBe(true);
    expect(await client.names()).toEqual(apply ? ['a'] : []);
    expect(await lastEntry()).toMatchObject({ status: null, applied: apply, fault: id });
  });

  it.each([false, true])('hangs until the client disconnects, with apply %s', async (apply) => {
    await client.fault({}, { hang: true, apply });
    const { disconnect } = await begin();
    await untilRecorded();
    expect(await client.names()).toEqual(apply ? ['a'] : []);
    expect(await disconnect()).toBe('disconnected');
  });

  it('truncates the regular response to half of its body [S-712]', async () => {
    await client.fault({}, { truncate: true });
    const { status, headers, body, failed } = await callRaw('POST', `/hubs/${client.hub}`, creation());
    expect([status, failed]).toEqual([200, true]);
    expect(Math.floor(Number(headers?.['content-length']) / 2)).toBe(body.length);
    expect(await client.names()).toEqual(['a']);
  });

  it('truncates an empty response too', async () => {
    const { json } = await create();
    await client.fault({}, { truncate: true });
    expect((await callRaw('DELETE', `/${json['integrationId']}`)).failed).toBe(true);
  });

  it('sends the regular response byte by byte', async () => {
    await client.fault({}, { dripMs: 1 });
    const { body, pieces, failed } = await callRaw('GET', '');
    expect(JSON.parse(body.toString())).toMatchObject({ total: 0 });
    expect([pieces > 2, failed]).toEqual([true, false]);
  });

  it('responds with a page of HTML', async () => {
    await client.fault({}, { garbage: true });
    const { status, headers, text } = await client.portal('GET', '');
    expect([status, headers.get('content-type'), text.startsWith('<!doctype html>')]).toEqual([200, 'text/html', true]);
  });

  it('pads the regular response so that only its size is wrong', async () => {
    await create();
    await client.fault({}, { oversizedBytes: 3_000_000 });
    const { text, json } = await client.portal('GET', '');
    expect([text.length, json['total']]).toEqual([3_000_000, 1]);
    await client.fault({}, { oversizedBytes: 100 });
    expect((await create('b')).text.length).toBe(100);
    expect(await client.names()).toEqual(['a']);
  });

  it('redirects [S-711]', async () => {
    await client.fault({}, { redirect: 'http://elsewhere.example/' });
    const { status, headers } = await client.portal('GET', '');
    expect([status, headers.get('location')]).toEqual([302, 'http://elsewhere.example/']);
  });

  it('sends a gzip bomb of 10 MiB', async () => {
    await client.fault({}, { gzipBomb: true });
    const { headers, body } = await callRaw('GET', '');
    expect(headers?.['content-encoding']).toBe('gzip');
    expect(body.length).toBeLessThan(100_000);
    expect(gunzipSync(body).length).toBe(10 * 1024 * 1024);
  });

  it('responds with nested arrays', async () => {
    await client.fault({}, { nest: 3 });
    expect((await client.portal('GET', '')).text).toBe('[[[]]]');
  });

  it('replaces the response by any JSON, null included', async () => {
    await client.fault({}, { json: null });
    expect((await client.portal('GET', '')).text).toBe('null');
  });

  it('patches the regular response, or each item of a list', async () => {
    await client.fault({}, { patch: { hubId: 'odd' } });
    expect((await create()).json).toMatchObject({ name: 'a', hubId: 'odd' });
    await client.fault({}, { patch: { hubId: 'odd' } });
    expect((await client.portal('GET', `/hubs/${client.hub}/System`)).list).toMatchObject([
      { name: 'a', hubId: 'odd' },
    ]);
    expect(await client.names()).toEqual(['a']);
  });

  it('delays before it executes the request', async () => {
    await client.fault({ method: 'POST' }, { delayMs: 600_000 });
    const { disconnect } = await begin();
    await untilHit();
    await client.portal('GET', '');
    expect(await client.names()).toEqual([]);
    expect(await disconnect()).toBe('disconnected');
  });

  it('delays with apply between the effect and the response', async () => {
    await client.fault({ method: 'POST' }, { delayMs: 600_000, apply: true });
    const { disconnect } = await begin();
    await untilRecorded();
    expect(await client.names()).toEqual(['a']);
    expect(await disconnect()).toBe('disconnected');
  });

  it('executes a request after a delay although the client has disconnected', async () => {
    await client.fault({ method: 'POST' }, { delayMs: 20 });
    const { disconnect } = await begin();
    await untilHit();
    expect(await disconnect()).toBe('disconnected');
    await untilRecorded();
    expect(await client.names()).toEqual(['a']);
  });

  it('combines effects', async () => {
    await client.fault({}, { status: 502, body: 'x'.repeat(10), truncate: true, headers: { 'x-odd': 'yes' } });
    const { status, headers, body, failed } = await callRaw('GET', '');
    expect([status, headers?.['x-odd'], body.toString(), failed]).toEqual([502, 'yes', 'xxxxx', true]);
  });

  it('hits the token endpoint too, without issuing a token [S-720]', async () => {
    await client.fault({ path: '^/connect/token$' }, { status: 500 });
    const { clientId, clientSecret } = client.acme;
    const reply = await client.requestToken({ client_id: clientId, client_secret: clientSecret });
    expect(reply.status).toBe(500);
    expect(reply.text).not.toContain('hpt_');
  });

  it.each([
    ['method', { method: 'DELETE' }],
    ['path', { path: '/hubs/x' }],
    ['tenant', { tenant: 'globex' }],
    ['body', { body: '"name":"other"' }],
  ])('does not hit a request that differs in its %s only', async (_what, part) => {
    const match = { method: 'POST', path: `/hubs/${client.hub}$`, tenant: 'acme', body: '"name":"special"' };
    await client.fault({ ...match, ...part }, { status: 500 });
    await client.fault(match, { status: 503 });
    expect((await create('special')).status).toBe(503);
  });

  it('hits without limit with times 0, until faults are removed', async () => {
    await client.fault({}, { status: 500 }, { times: 0 });
    for (let call = 0; call < 3; call += 1) expect((await client.portal('GET', '')).status).toBe(500);
    await client.send('DELETE', '/sandbox/faults');
    expect((await client.portal('GET', '')).status).toBe(200);
  });

  it('uses the first fault with hits left, and counts hits', async () => {
    await client.fault({}, { status: 500 }, { times: 2 });
    await client.fault({}, { status: 503 });
    const statuses: number[] = [];
    for (let call = 0; call < 4; call += 1) statuses.push((await client.portal('GET', '')).status);
    expect(statuses).toEqual([500, 500, 503, 200]);
    const { list } = await client.send('GET', '/sandbox/faults');
    expect(list).toMatchObject([
      { hits: 2, times: 2, effect: { status: 500 } },
      { hits: 1, times: 1, effect: { status: 503 } },
    ]);
  });

  it('hits by probability, the same requests for the same seed', async () => {
    const run = async (seed: number, probability: number) => {
      await client.reset();
      await client.fault({ path: 'integrations' }, { status: 500 }, { times: 0, probability, seed });
      const statuses: number[] = [];
      for (let call = 0; call < 20; call += 1) statuses.push((await client.portal('GET', '')).status);
      return statuses;
    };
    const first = await run(7, 0.5);
    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await run(7, 0.5)).toEqual(first);
    expect(await run(8, 0.5)).not.toEqual(first);
    expect(new Set(await run(7, 0))).toEqual(new Set([200]));
  });

  it.each([
    ['no effect', { match: {} }],
    ['an unknown effect', { effect: { explode: true } }],
    ['an unknown match', { match: { header: 'x' }, effect: {} }],
    ['a broken expression', { match: { path: '(' }, effect: {} }],
    ['an unknown tenant', { match: { tenant: 'nobody' }, effect: {} }],
    ['a probability above 1', { probability: 2, effect: {} }],
    ['a fraction in times', { times: 0.5, effect: {} }],
    ['an invalid status', { effect: { status: 99 } }],
    ['a header with a line break', { effect: { headers: { 'x-a': 'b\r\nc' } } }],
    ['no object', []],
  ])('rejects a script with %s, and gives the path', async (_what, script) => {
    const { status, json } = await client.send('POST', '/sandbox/faults', script);
    expect([status, json]).toEqual([400, { error: expect.stringMatching(/^(fault|tenant)/) }]);
    expect((await client.send('GET', '/sandbox/faults')).text).toBe('[]');
  });
});
