import { gzipSync } from 'node:zlib';
import { raw, StubServer } from '../support/hubster/stub-server';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const ID = '77777777-7777-7777-7777-777777777777';
const ONE = `/api/v1/integrations/${ID}`;
const HUB = `/api/v1/integrations/hubs/${HUBS.acme}`;
const START =
  '[{"type":"text","text":"hi","orderId":9007199254740993,"price":1.10,"delta":-0,"limit":1E5,"far":1e400}]';
/** As a view shows it: with its members in one order (S-771). */
const SHOWN =
  '[{"type":"text","delta":-0,"far":1e400,"limit":1E5,"orderId":9007199254740993,"price":1.10,"text":"hi"}]';
const PAGE_ID = '"pageId":10154275849012345678';

/** A Direct integration of Hubster, with numbers that a double changes. */
const integrationWith = (configuration: string) =>
  `{"integrationId":"${ID}","hubId":"${HUBS.acme}","integrationTypeId":"Agent","channelId":"Direct","name":"x",` +
  `"statusId":3000,"configuration":${configuration}}`;
const INTEGRATION = integrationWith(`{"integrationType":"Agent",${PAGE_ID},"start":${START}}`);
const jsonText = (body: string) => raw(200, body, { 'content-type': 'application/json' });

describe('JSON is passed on unchanged, or rejected', () => {
  let portal: StubServer;
  let stagedoor: Stagedoor;

  beforeEach(async () => {
    portal = await StubServer.start();
    portal.portal = [jsonText(INTEGRATION)];
    stagedoor = await startStagedoor({ env: { HUBSTER_PORTAL_URL: portal.url.href } });
  });
  afterEach(async () => {
    await stagedoor.close();
    await portal.close();
  });

  const send = (method: 'post' | 'patch', path: string, body: string, type = 'application/json') =>
    stagedoor.as('acme-app')[method](path).set('content-type', type).send(body);
  const written = () => portal.calls.filter(({ method }) => method === 'POST').map(({ body }) => body);

  it('a PATCH returns numbers to Hubster unchanged', async () => {
    const { text } = await send('patch', ONE, '{"configuration":{"echo":true}}').expect(200);
    expect(written()).toEqual([expect.stringContaining(PAGE_ID)]);
    expect(written()).toEqual([expect.stringContaining(`"start":${START}`)]);
    expect(text).toContain(`"start":${SHOWN}`);
  });

  it('a read shows numbers as Hubster wrote them, and has the same ETag as a write', async () => {
    const read = await stagedoor.as('acme-app').get(ONE).expect(200);
    expect(read.text).toContain(`"start":${SHOWN}`);
    const patched = await send('patch', ONE, '{"name":"x","configuration":{}}').expect(200);
    expect(patched.headers['etag']).toBe(read.headers['etag']);
  });

  it('a view can be sent back: masks mean the current value, numbers included', async () => {
    const { text } = await stagedoor.as('acme-app').get(ONE).expect(200);
    await send('patch', ONE, text).expect(200);
    expect(written()).toEqual([expect.stringContaining(PAGE_ID)]);
    expect(written()).toEqual([expect.stringContaining(`"start":${START}`)]);
  });

  it('a create sends numbers as the caller wrote them', async () => {
    const configuration = `{"integrationType":"Agent","start":${START}}`;
    await send('post', HUB, `{"channelId":"Direct","name":"x","statusId":3000.0,"configuration":${configuration}}`);
    expect(written()).toEqual([expect.stringContaining(`"configuration":${configuration}`)]);
    expect(written()).toEqual([expect.stringContaining('"statusId":3000,')]);
  });

  it('the audit trail keeps numbers as they were written, on the disk and when it is queried', async () => {
    const next = '[{"type":"text","orderId":9007199254740995,"text":"hi"}]';
    await send('patch', ONE, `{"configuration":{"start":${next}}}`).expect(200);
    const { text } = await stagedoor.as('acme-app').get('/api/v1/audit/events').expect(200);
    expect(text).toContain(`"from":${SHOWN},"to":${next}`);
    const exported = await stagedoor.as('acme-app').get('/api/v1/audit/events').set('accept', 'application/x-ndjson');
    expect(exported.text).toContain(`"from":${SHOWN},"to":${next}`);
  });

  it('equal numbers in another spelling are no change, other numbers are, however close', async () => {
    const same = START.replace('1.10', '1.1').replace('1E5', '100000').replace('-0', '0.0');
    await send('patch', ONE, `{"configuration":{"start":${same}}}`).expect(200);
    await send('patch', ONE, `{"configuration":{"start":${START.replace('740993', '740992')}}}`).expect(200);
    expect(written()).toEqual([
      expect.stringContaining('9007199254740993'),
      expect.stringContaining('9007199254740992'),
    ]);
  });

  it.each([
    ['at the top', '{"name":"a","name":"b"}', '/name'],
    ['in a configuration', '{"configuration":{"echo":true,"echo":false}}', '/configuration/echo'],
    [
      'in a message',
      '{"configuration":{"start":[{"type":"text","text":"a","text":"b"}]}}',
      '/configuration/start/0/text',
    ],
    ['in two spellings of a text', '{"configuration":{"\\u0065cho":true,"echo":true}}', '/configuration/echo'],
    ['equal twice', '{"configuration":{"a/b":{"~":1,"~":1}}}', '/configuration/a~1b/~0'],
  ])('the same member twice %s is 400 with its pointer', async (_where, body, pointer) => {
    const rejected = await send('patch', ONE, body).expect(400);
    expect(rejected.body).toMatchObject({ code: 'validation-failed', errors: [{ code: 303, pointer }] });
    expect(portal.calls).toEqual([]);
  });

  it('a response of Hubster with the same member twice is 502, as it is ambiguous', async () => {
    portal.portal = [jsonText(INTEGRATION.replace(PAGE_ID, `${PAGE_ID},${PAGE_ID}`))];
    const { body } = await stagedoor.as('acme-app').get(ONE).expect(502);
    expect(body.code).toBe('upstream-invalid');
  });

  it('a configuration that Hubster sends as text is parsed as strictly', async () => {
    portal.portal = [jsonText(integrationWith(JSON.stringify('{"integrationType":"Agent","echo":true,"echo":false}')))];
    await stagedoor.as('acme-app').get(ONE).expect(502);
    portal.portal = [jsonText(integrationWith(JSON.stringify(`{"integrationType":"Agent","start":${START}}`)))];
    const { text } = await stagedoor.as('acme-app').get(ONE).expect(200);
    expect(text).toContain(`"start":${SHOWN}`);
  });

  const many = (count: number) => Array.from({ length: count }, (_, index) => `"key${index}":1`).join();
  it.each([
    ['members', `{"configuration":{${many(6000)}}}`, '/configuration'],
    ['members at the top', `{${many(201)}}`, ''],
    ['elements', `{"configuration":{"start":[${Array(201).fill('1').join()}]}}`, '/configuration/start'],
  ])('more than 200 %s at a level are 400 before other checks', async (_what, body, pointer) => {
    const rejected = await send('patch', ONE, body).expect(400);
    expect(rejected.body.errors).toEqual([expect.objectContaining({ code: 207, pointer })]);
    expect(portal.calls).toEqual([]);
  });

  it.each(['gzip', 'br', 'identity, gzip', 'x-unknown'])('a body with Content-Encoding: %s is 415', async (coding) => {
    const { body, headers } = await send('patch', ONE, '{}').set('content-encoding', coding).expect(415);
    expect(body.code).toBe('unsupported-media-type');
    expect(headers['accept-encoding']).toBe('identity');
  });

  it('gzipped bytes are 415 on the route that accepts any bytes, too', async () => {
    const agent = stagedoor.as('acme-app').post('/api/v1/webhooks/verify').set('content-encoding', 'gzip');
    await agent.send(gzipSync('{}')).expect(415);
  });

  it('Content-Encoding: identity is accepted', async () => {
    await send('patch', ONE, '{"name":"y"}').set('content-encoding', 'Identity').expect(200);
  });

  it('lengths are counted in characters', async () => {
    const name = (count: number) => JSON.stringify({ name: '🎭'.repeat(count) });
    await send('patch', ONE, name(200)).expect(200);
    await send('patch', ONE, name(255)).expect(200);
    expect((await send('patch', ONE, name(256)).expect(400)).body.errors).toMatchObject([
      { code: 207, pointer: '/name' },
    ]);
  });
});
