import { inspect } from 'node:util';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { json, raw, reset, silence } from '../../test/support/hubster/stub-server';
import { CREATE, GET, StubbedClient } from '../../test/support/hubster/stubbed-client';
import { ManualClock } from '../../test/support/manual-clock';
import { HubsterError } from './outcome/hubster-error';

const JSON_TYPE = { 'content-type': 'application/json' };
const MIB = 1024 * 1024;
const CANARIES = ['portal-token-canary', 'client-secret-canary', 'body-canary', 'header-canary', 'response-canary'];

/** Every text form of an error. */
function printed(error: unknown): string {
  const parts = [inspect(error, { depth: 20, showHidden: true, getters: true }), JSON.stringify(error), String(error)];
  if (error instanceof Error) parts.push(error.stack ?? '', error.cause ? printed(error.cause) : '');
  return parts.join('\n');
}

describe('hostile responses (issue 4.8)', () => {
  let hubster: StubbedClient;
  let clock: ManualClock;

  beforeEach(async () => {
    clock = new ManualClock();
    hubster = await StubbedClient.start(clock);
  });

  afterEach(() => hubster.close());

  const canary = { 'x-canary': 'header-canary' };

  it.each([
    ['HTML with 200', raw(200, '<h1>response-canary</h1>', { 'content-type': 'text/html', ...canary })],
    ['JSON without a content type', raw(200, '{"response-canary":1}', canary)],
    ['JSON with a text type', raw(200, '{"response-canary":1}', { 'content-type': 'text/plain' })],
    ['a truncated text', raw(200, '{"response-canary":', JSON_TYPE)],
    ['10 MiB', raw(200, JSON.stringify('response-canary'.repeat(MIB)), JSON_TYPE)],
    ['a gzip bomb', raw(200, gzipSync(Buffer.alloc(10 * MIB, ' ')), { ...JSON_TYPE, 'content-encoding': 'gzip' })],
    ['brotli that was not requested', raw(200, brotliCompressSync('{}'), { ...JSON_TYPE, 'content-encoding': 'br' })],
    ['50,000 nested arrays', raw(200, '['.repeat(50_000) + ']'.repeat(50_000), JSON_TYPE)],
    ['a key __proto__', raw(200, '{"__proto__":{"response-canary":1}}', JSON_TYPE)],
    ['another charset', raw(200, Buffer.from('{"name":"M\u00fcller"}', 'latin1'), JSON_TYPE)],
    ['a declared other charset', raw(200, '{}', { 'content-type': 'application/json; charset=iso-8859-1' })],
  ])('rejects %s as unreadable and keeps no text of it [S-011, S-712]', async (_what, response) => {
    hubster.stub.portal = [response];
    const error = await hubster.failure();
    expect(error).toBeInstanceOf(HubsterError);
    expect(error).toMatchObject({ outcome: { kind: 'unreadable', phase: 'portal' } });
    expect(hubster.stub.calls).toHaveLength(1);
    for (const secret of CANARIES) expect(printed(error)).not.toContain(secret);
  });

  it('accepts an unusual but valid content type', async () => {
    hubster.stub.portal = [raw(200, '{"a":1}', { 'content-type': 'Application/Problem+JSON; Charset="UTF-8"' })];
    expect(await hubster.call()).toEqual({ status: 200, json: { a: 1 } });
  });

  it('never follows a redirect or sends the token to it [S-711]', async () => {
    hubster.stub.portal = [raw(302, '', { location: new URL('/elsewhere', hubster.stub.url).href })];
    expect(await hubster.failure()).toMatchObject({ outcome: { kind: 'redirect', status: 302 } });
    expect(hubster.stub.calls.map(({ url }) => url)).toEqual(['/api/v1/integrations/1']);
  });

  it('ends the attempt at its time limit if the response drips slowly [S-704]', async () => {
    hubster.stub.portal = [(_request, response) => void response.writeHead(200, JSON_TYPE).write('{')];
    const failing = hubster.failure(CREATE, hubster.context({ deadlineMs: 15_000 }));
    await hubster.stub.called();
    await clock.advance(12_000);
    expect(await failing).toMatchObject({ outcome: { kind: 'no-response' }, isAmbiguousWrite: true });
  });

  it.each([
    ['a reset', reset],
    ['a half-closed socket', (_request: unknown, _response: unknown, socket: { end(): void }) => socket.end()],
    [
      'bytes that are not HTTP',
      (_request: unknown, _response: unknown, socket: { end(text: string): void }) =>
        socket.end('response-canary\r\n\r\n'),
    ],
    [
      'a response that ends early',
      (_request: unknown, _response: unknown, socket: { end(text: string): void }) =>
        socket.end(
          'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"response-canary":1}',
        ),
    ],
  ])('treats %s as lost after sending, and does not send a write again [S-704]', async (_what, response) => {
    hubster.stub.portal = [response];
    const error = await hubster.failure(CREATE, hubster.context({ deadlineMs: 15_000 }));
    expect(error).toMatchObject({ outcome: { kind: 'reset', phase: 'portal' }, isAmbiguousWrite: true });
    expect(hubster.stub.calls).toHaveLength(1);
    for (const secret of CANARIES) expect(printed(error)).not.toContain(secret);
  });

  it('keeps the codes of an error, but not its text [S-008]', async () => {
    const description = "Property 'name' is required: response-canary (code: PRT000301)";
    hubster.stub.portal = [
      json(400, { status: 200, errors: [{ code: 301, description }, { code: 'x' }, null] }, canary),
    ];
    const error = await hubster.failure();
    expect(error).toMatchObject({
      outcome: { kind: 'rejected', status: 400, errors: [{ code: 301, property: 'name' }] },
    });
    for (const secret of CANARIES) expect(printed(error)).not.toContain(secret);
  });

  it.each([
    ['HTML', raw(503, '<h1>Bad gateway</h1>')],
    ['10 MiB', raw(503, Buffer.alloc(10 * MIB, ' '))],
    ['a bomb', raw(503, gzipSync(Buffer.alloc(10 * MIB)), { 'content-encoding': 'gzip' })],
  ])('uses the status of an error whatever its body: %s', async (_what, response) => {
    hubster.stub.portal = [response, json(200, {})];
    expect(await hubster.call()).toEqual({ status: 200, json: {} });
  });

  it('closes or reuses every socket after 60 bad responses', async () => {
    hubster.stub.portal = [raw(200, 'x'.repeat(2 * MIB), JSON_TYPE)];
    for (let call = 0; call < 60; call += 1) await hubster.failure();
    hubster.stub.portal = [json(200, {})];
    await hubster.call();
    expect(hubster.stub.sockets.size).toBeLessThanOrEqual(2);
  });

  it('treats any 2xx to a DELETE as success, whatever its body [S-712]', async () => {
    const remove = { ...GET, name: 'delete', class: 'write', method: 'DELETE' } as const;
    for (const response of [raw(200, '<h1>'), raw(204, ''), raw(200, Buffer.alloc(2 * MIB))]) {
      hubster.stub.portal = [response];
      expect(await hubster.call(remove)).toMatchObject({ json: undefined });
    }
  });

  it('ends an attempt when the caller disconnects', async () => {
    const caller = new AbortController();
    hubster.stub.portal = [silence];
    const failing = hubster.failure(GET, hubster.context({ signal: caller.signal }));
    await hubster.stub.called();
    caller.abort();
    expect(await failing).toMatchObject({ outcome: { kind: 'deadline', sent: true } });
  });
});
