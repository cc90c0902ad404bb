import { SAMPLES } from '../../../test/support/sandbox/samples';
import { SandboxClient } from '../../../test/support/sandbox/sandbox-client';

describe('The response of a fault', () => {
  let client: SandboxClient;
  beforeAll(async () => {
    client = await SandboxClient.start({ quirks: false });
    // Before any fault, as faults also hit the token endpoint.
    await client.token();
  });
  beforeEach(() => client.reset());
  afterAll(() => client.close());

  const create = (name = 'a') => client.create('System', name, SAMPLES.System);

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

  it('responds with a page of HTML', async () => {
    await client.fault({}, { garbage: true });
    const { status, headers, text } = await client.portal('GET', '');
    expect([status, headers.get('content-type'), text.startsWith('<!doctype html>')]).toEqual([200, 'text/html', true]);
  });

  it('replaces the response by any JSON, null included', async () => {
    await client.fault({}, { json: null });
    expect((await client.portal('GET', '')).text).toBe('null');
  });

  it('responds with nested arrays', async () => {
    await client.fault({}, { nest: 3 });
    expect((await client.portal('GET', '')).text).toBe('[[[]]]');
  });

  it('redirects [S-711]', async () => {
    await client.fault({}, { redirect: 'http://elsewhere.example/' });
    const { status, headers } = await client.portal('GET', '');
    expect([status, headers.get('location')]).toEqual([302, 'http://elsewhere.example/']);
  });

  it('sends a gzip bomb of 10 MiB', async () => {
    await client.fault({}, { gzipBomb: true });
    const { headers, text } = await client.portal('GET', '');
    expect(headers.get('content-encoding')).toBe('gzip');
    expect(Number(headers.get('content-length'))).toBeLessThan(100_000);
    expect(text.length).toBe(10 * 1024 * 1024);
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

  it('patches the regular response, or each item of a list', async () => {
    await client.fault({}, { patch: { hubId: 'odd' } });
    expect((await create()).json).toMatchObject({ name: 'a', hubId: 'odd' });
    await client.fault({}, { patch: { hubId: 'odd' } });
    expect((await client.portal('GET', `/hubs/${client.hub}/System`)).list).toMatchObject([
      { name: 'a', hubId: 'odd' },
    ]);
    expect(await client.names()).toEqual(['a']);
  });
});
