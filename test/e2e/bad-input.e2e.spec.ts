import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { CHANNELS } from '../../src/channels/channel-registry';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const HUB = `/api/v1/integrations/hubs/${HUBS.acme}`;
const ID = '00000000-0000-0000-0000-00000000aaaa';
const ONE = `/api/v1/integrations/${ID}`;
const UNDOCUMENTED = CHANNELS.filter(({ isCreatable }) => !isCreatable).map(({ id }) => id);
const valid = {
  channelId: 'TwilioSMS',
  name: 'x',
  configuration: { authToken: 'a', accountSid: 'b', numberSid: 'c' },
};

describe('bad input is rejected with the right problem before a call', () => {
  let stagedoor: Stagedoor;

  beforeAll(async () => {
    stagedoor = await startStagedoor();
  });
  afterAll(() => stagedoor.close());

  afterEach(async () => {
    expect(await stagedoor.hubsterCalls()).toEqual([]);
    await stagedoor.as().get('/health/live').expect(200);
  });

  it.each([
    ['GET', '/index.html'],
    ['GET', '/api/v1/nothing'],
    ['GET', '/api/v2/integrations'],
    ['GET', '/api/v1/integrations/a/b/c/d'],
    ['GET', '/api/v1/integrations/../../etc/passwd'],
    ['GET', '/%'],
    ['GET', '/api/v1/hubs'],
  ])('%s %s is 404 not-found, without credentials too [S-001]', async (method, path) => {
    const { status, body } = await raw(stagedoor.url, method, path);
    expect([status, body.code]).toEqual([404, 'not-found']);
  });

  it.each([
    ['PUT', ONE, 'DELETE, GET, HEAD, OPTIONS, PATCH'],
    ['DELETE', '/api/v1/integrations', 'GET, HEAD, OPTIONS'],
    ['PATCH', HUB, 'OPTIONS, POST'],
    ['TRACE', ONE, 'DELETE, GET, HEAD, OPTIONS, PATCH'],
    ['POST', '/health/live', 'GET, HEAD, OPTIONS'],
  ])('%s %s is 405 with Allow', async (method, path, allow) => {
    const { status, body, headers } = await raw(stagedoor.url, method, path);
    expect([status, body.code, headers['allow']]).toEqual([405, 'method-not-allowed', allow]);
  });

  it('OPTIONS returns only the methods of a path', async () => {
    const { headers } = await stagedoor.as().options(ONE).expect(204);
    expect(headers['allow']).toBe('DELETE, GET, HEAD, OPTIONS, PATCH');
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it.each([
    '%2f..%2f',
    '..%2f..%2fhubs',
    `${ID}%00`,
    `{${ID}}`,
    ID.replaceAll('-', ''),
    `${ID} `,
    'hubs',
    "1'or'1'='1",
    '%E0%A4%A',
    'x'.repeat(200),
  ])('the id %j is rejected [S-009]', async (id) => {
    const { status, body } = await raw(stagedoor.url, 'GET', `/api/v1/integrations/${id.replaceAll(' ', '%20')}`, {
      'x-api-key': stagedoor.keyOf('acme-app'),
    });
    expect([400, 404]).toContain(status);
    if (status === 400)
      expect(body.errors).toEqual([expect.objectContaining({ code: 203, parameter: 'integrationId' })]);
  });

  it('an unknown channel type in a path is 400 (PRT000206) [S-502]', async () => {
    const { body } = await stagedoor.as('acme-app').get(`${HUB}/Fax`).expect(400);
    expect(body.errors).toEqual([expect.objectContaining({ code: 206, parameter: 'channelType' })]);
  });

  it.each([
    ['pageNumber=-1', 209],
    ['pageNumber=1.5', 210],
    ['pageNumber=abc', 210],
    ['pageNumber=', 210],
    ['pageNumber=1e3', 210],
    ['pageNumber=99999999999', 210],
    ['pageNumber=1&pageNumber=2', 210],
    ['pageSize=0', 207],
    ['pageSize=101', 207],
    ['pageSize=x', 210],
    ['hubId=1', 203],
    ['hubId=', 203],
    ['pagesize=10', 206],
  ])('the collection with ?%s is 400 (PRT %i) [S-602, S-603]', async (query, code) => {
    const { body } = await stagedoor.as('acme-app').get(`/api/v1/integrations?${query}`).expect(400);
    expect(body).toMatchObject({ code: 'validation-failed', errors: [{ code }] });
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=latin1',
    'multipart/form-data',
  ])('a body of %s is 415 [S-003]', async (type) => {
    const { body } = await stagedoor.as('acme-app').post(HUB).set('content-type', type).send('a=1').expect(415);
    expect(body.code).toBe('unsupported-media-type');
  });

  it.each([
    '{',
    '[]',
    '"text"',
    '1',
    'null',
    '{"a":1}}',
    '{"__proto__":{"a":1}}',
    `${'['.repeat(5000)}${']'.repeat(5000)}`,
  ])('the body %.20s is 400 malformed-body [S-713]', async (text) => {
    const { body } = await stagedoor
      .as('acme-app')
      .post(HUB)
      .set('content-type', 'application/json')
      .send(text)
      .expect(400);
    expect(body.code).toBe('malformed-body');
  });

  it('no body is 400 (PRT000300), with a content type or without [S-713]', async () => {
    const { body } = await stagedoor.as('acme-app').post(HUB).set('content-type', 'application/json').expect(400);
    expect(body.errors).toEqual([expect.objectContaining({ code: 300 })]);
    await stagedoor.as('acme-app').patch(ONE).expect(400);
  });

  it('a body over 256 KiB is 413 [S-015]', async () => {
    const { body } = await stagedoor
      .as('acme-app')
      .post(HUB)
      .send({ ...valid, name: 'x'.repeat(256 * 1024) })
      .expect(413);
    expect(body.code).toBe('body-too-large');
  });

  it('a create with several violations reports all at once, with pointers and PRT numbers, never a value', async () => {
    const { body, text } = await stagedoor
      .as('acme-app')
      .post(HUB)
      .send({
        channelId: 'TwilioSMS',
        name: ' canary-value ',
        statusId: '3000',
        surprise: 'canary-value',
        configuration: { authToken: 7, numberSid: '', pageAccessToken: 'canary-value' },
      })
      .expect(400);
    expect(body.code).toBe('validation-failed');
    expect(body.errors.map(({ code, pointer }: { code: number; pointer: string }) => [pointer, code]).sort()).toEqual([
      ['/configuration/accountSid', 301],
      ['/configuration/authToken', 302],
      ['/configuration/numberSid', 301],
      ['/configuration/pageAccessToken', 303],
      ['/name', 206],
      ['/statusId', 302],
      ['/surprise', 303],
    ]);
    expect(text).not.toContain('canary-value');
  });

  it.each([...UNDOCUMENTED, 'Hubster', 0, 'Fax'])(
    'a create of channel %j is 400 at /channelId [S-260]',
    async (channelId) => {
      const { body } = await stagedoor
        .as('acme-app')
        .post(HUB)
        .send({ ...valid, channelId })
        .expect(400);
      expect(body.errors).toContainEqual(expect.objectContaining({ code: 206, pointer: '/channelId' }));
    },
  );

  it('a create whose only violation is a mask is mask-in-value [S-315]', async () => {
    const { body } = await stagedoor
      .as('acme-app')
      .post(HUB)
      .send({ ...valid, configuration: { ...valid.configuration, authToken: '********' } })
      .expect(400);
    expect(body).toMatchObject({ code: 'mask-in-value', errors: [{ code: 206, pointer: '/configuration/authToken' }] });
  });

  it('broken HTTP is a problem', async () => {
    const response = await sendBytes(stagedoor.url, 'NONSENSE\r\n\r\n');
    expect(response).toMatch(/^HTTP\/1\.1 400 /);
    expect(response).toContain('application/problem+json');
  });
});

interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: { readonly code?: string; readonly errors?: unknown };
}

/** Sends the path without the normalisation of most clients. */
function raw(url: string, method: string, path: string, headers: Record<string, string> = {}): Promise<RawResponse> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: text === '' ? {} : JSON.parse(text),
        });
      });
    });
    request.on('error', reject);
    request.end();
  });
}

function sendBytes(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
    socket.on('error', reject);
  });
}
