import { SAMPLES } from '../../test/support/sandbox/samples';
import { SandboxClient } from '../../test/support/sandbox/sandbox-client';
import { CallLog } from './call-log';

describe('CallLog', () => {
  let client: SandboxClient;
  beforeAll(async () => {
    client = await SandboxClient.start();
  });
  beforeEach(() => client.reset());
  afterAll(() => client.close());

  it('records each call with its effect', async () => {
    const { json } = await client.create('System', 'a', SAMPLES.System);
    const integration = { integrationId: json['integrationId'], hubId: client.hub };
    await client.portal('POST', `/hubs/${json['integrationId']}`, { name: 'b' });
    await client.portal('GET', `?pageSize=2`);
    await client.portal('DELETE', `/${json['integrationId']}`);
    await client.portal('GET', `/${json['integrationId']}`);
    expect(await client.callLog()).toMatchObject([
      {
        method: 'POST',
        tenant: 'acme',
        status: 200,
        applied: true,
        effect: { kind: 'created', ...integration, name: 'a' },
      },
      { method: 'POST', body: { name: 'b' }, applied: true, effect: { kind: 'updated', ...integration, name: 'b' } },
      {
        method: 'GET',
        path: '/api/v1/integrations',
        query: { pageSize: '2' },
        body: null,
        applied: false,
        effect: null,
      },
      { method: 'DELETE', applied: true, effect: { kind: 'deleted', ...integration, name: 'b' } },
      { method: 'GET', status: 404, applied: false, fault: null },
    ]);
  });

  it('records some headers without credentials', async () => {
    const token = await client.token();
    const sent = {
      authorization: `Bearer ${token}`,
      'x-request-id': 'r1',
      traceparent: 't1',
      tracestate: 's1',
      'user-agent': 'u1',
      accept: 'a/b',
    };
    await client.send('GET', '/api/v1/integrations', undefined, { ...sent, cookie: 'c=1' });
    const [entry] = await client.callLog();
    expect(entry).toMatchObject({
      headers: { ...sent, authorization: 'Bearer ***', 'content-type': 'application/json' },
    });
    expect(JSON.stringify(entry)).not.toMatch(new RegExp(`${token}|cookie`));
    await client.send('GET', '/api/v1/integrations', undefined, { authorization: 'Basic c2VjcmV0' });
    await client.send('GET', '/api/v1/integrations');
    const headers = (await client.callLog()).slice(1).map((logged) => Object(logged['headers']).authorization);
    expect(headers).toEqual(['***', null]);
  });

  it('masks the client secret of a token request', async () => {
    const { clientId, clientSecret } = client.acme;
    await client.requestToken({ client_id: clientId, client_secret: clientSecret });
    await client.send('POST', '/connect/token', { client_secret: clientSecret });
    const { list, text } = await client.send('GET', '/sandbox/journal');
    expect(list).toMatchObject([
      { path: '/connect/token', tenant: 'acme', status: 200, body: expect.stringContaining('client_secret=***') },
      { path: '/connect/token', tenant: null, status: 400, body: '***' },
    ]);
    expect(text).not.toContain(clientSecret);
  });

  it('keeps a body that is not JSON as text, whatever its media type', async () => {
    await client.portal('POST', `/hubs/${client.hub}`, '{oops');
    await client.send('DELETE', '/api/v1/integrations', 'oops', { 'content-type': 'text/x; charset=latin1' });
    expect(await client.callLog()).toMatchObject([
      { body: '{oops', status: 400, applied: false },
      { body: 'oops', status: 405, applied: false },
    ]);
  });

  it('continues to count after a reset, and returns entries after a given seq', async () => {
    await client.portal('GET', '');
    const [first] = await client.callLog();
    await client.reset();
    await client.portal('GET', '?pageSize=1');
    await client.portal('GET', '?pageSize=2');
    const seqs = (await client.callLog()).map((entry) => Number(entry['seq']) - Number(first?.['seq']));
    expect(seqs).toEqual([1, 2]);
    const after = await client.send('GET', `/sandbox/journal?after=${Number(first?.['seq']) + 1}`);
    expect(after.list).toMatchObject([{ query: { pageSize: '2' } }]);
    expect((await client.send('GET', '/sandbox/journal?after=x')).status).toBe(400);
  });

  it('does not record control calls', async () => {
    await client.send('GET', '/sandbox/faults');
    expect((await client.send('GET', '/sandbox/journal')).list).toEqual([]);
  });

  it('keeps the last entries up to its limit', () => {
    const callLog = new CallLog(3);
    const request = { method: 'GET', path: '/', query: new URLSearchParams(), parameters: {}, headers: {}, body: '' };
    for (let call = 0; call < 5; call += 1) {
      callLog.record(request, { tenant: null, status: 200, effect: null, fault: null });
    }
    expect(callLog.after(0).map(({ seq }) => seq)).toEqual([3, 4, 5]);
    expect(callLog.after(4).map(({ seq }) => seq)).toEqual([5]);
  });
});
