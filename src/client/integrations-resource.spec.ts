import { jsonResponse, type ScriptedFetch, scriptedFetch } from '../../test/support/scripted-fetch';
import { type Schemas, Stagedoor } from './client.ts';

const ID = '00000000-0000-4000-8000-000000000001';
const HUB = '3bc1e69f-c520-446f-ab2c-01751fd66a31';
const WEB_CHAT: Schemas['CreateWebChat'] = {
  channelId: 'WebChat',
  name: 'Web',
  configuration: { allowedOrigins: ['acme.example'] },
};
const NEXT = {
  headers: {
    link: '</api/v1/integrations?pageNumber=0>; rel="first", </api/v1/integrations?pageNumber=1>; rel="next"',
  },
};
const LAST = { headers: { link: '</api/v1/integrations?pageNumber=0>; rel="first"' } };

const clientOf = ({ fetch }: ScriptedFetch) => new Stagedoor({ baseUrl: 'http://stagedoor.test', apiKey: 'k', fetch });
const sent = ({ requests }: ScriptedFetch) =>
  requests.map(({ method, url }) => `${method} ${new URL(url).pathname}${new URL(url).search}`);

describe('integrations', () => {
  it('are created and updated at one path, with a key of their own', async () => {
    const script = scriptedFetch(jsonResponse({ integrationId: ID }));
    const { integrations } = clientOf(script);
    await integrations.create(HUB, WEB_CHAT, { idempotencyKey: 'order-4711-web-chat' });
    await integrations.update(ID, { name: 'Web' }, { ifMatch: '"1"', lenient: true });
    expect(sent(script)).toEqual([`POST /api/v1/integrations/hubs/${HUB}`, `POST /api/v1/integrations/hubs/${ID}`]);
    const names = ['idempotency-key', 'if-match', 'prefer', 'content-type'];
    expect(script.requests.map(({ headers }) => names.map((name) => headers.get(name)))).toEqual([
      ['order-4711-web-chat', null, null, 'application/json'],
      [expect.stringMatching(/^[0-9a-f]{32}$/), '"1"', 'handling=lenient', 'application/json'],
    ]);
  });

  it('are sent back as they were read, without the response that brought them', async () => {
    const body = { ...WEB_CHAT, integrationId: ID, hubId: HUB, secrets: {} };
    const script = scriptedFetch(jsonResponse(body, { headers: { etag: '"7"', 'x-request-id': 'r-7' } }));
    const { integrations } = clientOf(script);
    const read = await integrations.get(ID);
    expect(read.lastResponse).toMatchObject({
      status: 200,
      etag: '"7"',
      requestId: 'r-7',
      isReplay: false,
      hasNext: false,
    });
    await integrations.update(ID, read, { ifMatch: read });
    expect(await script.requests[1]?.json()).toEqual(body);
    expect(script.requests[1]?.headers.get('if-match')).toBe('"7"');
  });

  it('are not written unconditionally when the version is not known', async () => {
    const script = scriptedFetch(jsonResponse({ integrationId: ID }));
    const { integrations } = clientOf(script);
    const withoutEtag = await integrations.get(ID);
    await expect(integrations.delete(ID, { ifMatch: withoutEtag })).rejects.toThrow(TypeError);
    await expect(integrations.getIfChanged(ID, '')).rejects.toThrow(TypeError);
    expect(script.requests).toHaveLength(1);
  });

  it('are read past the cache on demand, and not again if they are the same', async () => {
    const script = scriptedFetch(jsonResponse({ integrationId: ID }), new Response(null, { status: 304 }));
    const { integrations } = clientOf(script);
    await integrations.get(ID, { fresh: true });
    expect(await integrations.getIfChanged(ID, '"7"')).toBeUndefined();
    expect(script.requests.map(({ headers }) => [headers.get('cache-control'), headers.get('if-none-match')])).toEqual([
      ['no-cache', null],
      [null, '"7"'],
    ]);
  });

  it('are iterated page by page, as far as they are read', async () => {
    const page = (name: string, init: ResponseInit) =>
      jsonResponse({ results: [{ name: `${name}1` }, { name: `${name}2` }] }, init);
    const script = scriptedFetch(page('a', NEXT), page('b', NEXT), page('c', LAST));
    const names: unknown[] = [];
    for await (const { name } of clientOf(script).integrations.all({ hubId: HUB, pageSize: 2 })) names.push(name);
    expect(names).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'c2']);
    const query = (pageNumber: number) => `GET /api/v1/integrations?hubId=${HUB}&pageSize=2&pageNumber=${pageNumber}`;
    expect(sent(script)).toEqual([query(0), query(1), query(2)]);

    const short = scriptedFetch(page('a', NEXT));
    for await (const _first of clientOf(short).integrations.all()) break;
    expect(short.requests).toHaveLength(1);
  });
});

describe('audit events', () => {
  it('are iterated by cursor with the same filter', async () => {
    const script = scriptedFetch(
      jsonResponse({ results: [{ id: '1' }], nextCursor: 'c1' }),
      jsonResponse({ results: [{ id: '2' }] }),
    );
    const ids: string[] = [];
    for await (const { id } of clientOf(script).auditEvents.all({ target: ID })) ids.push(id);
    expect(ids).toEqual(['1', '2']);
    expect(sent(script)).toEqual([
      `GET /api/v1/audit/events?target=${ID}`,
      `GET /api/v1/audit/events?target=${ID}&cursor=c1`,
    ]);
  });
});
