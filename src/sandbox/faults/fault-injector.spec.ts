import { request } from 'node:http';
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

describe('FaultInjector', () => {
  let client: SandboxClient;
  beforeAll(async () => {
    client = await SandboxClient.start({ quirks: false });
    // Before any fault, as faults also hit the token endpoint.
    await client.token();
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

  it('executes a mutation behind a failure only with apply [S-701]', async () => {
    await client.fault({ method: 'post' }, { status: 503 });
    expect((await create()).status).toBe(503);
    expect(await client.names()).toEqual([]);
    await client.fault({ method: 'POST' }, { status: 503, apply: true });
    expect((await create()).status).toBe(503);
    expect(await client.names()).toEqual(['a']);
    expect(await lastEntry()).toMatchObject({ status: 503, applied: true, effect: { kind: 'created', name: 'a' } });
  });

  it('hits the token endpoint too, without issuing a token [S-720]', async () => {
    await client.fault({ path: '^/connect/token$' }, { status: 500 });
    const { clientId, clientSecret } = client.acme;
    const reply = await client.requestToken({ client_id: clientId, client_secret: clientSecret });
    expect(reply.status).toBe(500);
    expect(reply.text).not.toContain('hpt_');
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

  it('combines effects', async () => {
    await client.fault({}, { status: 502, body: 'x'.repeat(10), truncate: true, headers: { 'x-odd': 'yes' } });
    const { status, headers, body, failed } = await callRaw('GET', '');
    expect([status, headers?.['x-odd'], body.toString(), failed]).toEqual([502, 'yes', 'xxxxx', true]);
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
});
