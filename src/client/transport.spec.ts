import { CLIENT_KEY, clientOf, failureOf } from '../../test/support/scripted-client';
import { jsonResponse, problemResponse, type ScriptedFetch, scriptedFetch } from '../../test/support/scripted-fetch';
import { CallTimeoutError, ProblemError } from './errors.ts';

const ID = '00000000-0000-4000-8000-000000000001';
const INTEGRATION = { integrationId: ID };
const BUSY = problemResponse('overloaded', 503, { retryable: true }, { 'retry-after': '2' });
const UNKNOWN = problemResponse('upstream-timeout', 504, { retryable: true, outcome: 'unknown' });

const header = ({ requests }: ScriptedFetch, name: string) => requests.map(({ headers }) => headers.get(name));

describe('a call', () => {
  it('sends key, tenant, person, request id and timeout', async () => {
    const script = scriptedFetch(jsonResponse(INTEGRATION));
    const { client } = clientOf(script, { tenant: 'acme' });
    await client.integrations.get(ID, { onBehalfOf: 'ada@acme.example', requestId: 'r-1', timeoutMs: 5000 });
    const [request] = script.requests;
    expect(request?.url).toBe(`http://stagedoor.test/api/v1/integrations/${ID}`);
    expect(Object.fromEntries(request?.headers ?? [])).toEqual({
      accept: 'application/json, application/problem+json',
      'x-api-key': CLIENT_KEY,
      'x-tenant-id': 'acme',
      'x-on-behalf-of': 'ada@acme.example',
      'x-request-id': 'r-1',
      'x-request-timeout-ms': '4900',
    });
    expect([request?.redirect, request?.credentials]).toEqual(['manual', 'omit']);
  });

  it('may name another tenant than its client', async () => {
    const script = scriptedFetch(jsonResponse({}));
    await clientOf(script, { tenant: 'acme' }).client.me({ tenant: 'globex' });
    expect(header(script, 'x-tenant-id')).toEqual(['globex']);
  });

  it('sends a bearer token, which a function may renew for each attempt', async () => {
    const script = scriptedFetch(BUSY, jsonResponse({}));
    const tokens = ['t1', 't2'];
    const { client, clock } = clientOf(script, { apiKey: undefined, token: async () => tokens.shift() ?? 'none' });
    const me = client.me();
    await clock.advance(3000);
    await me;
    expect(header(script, 'authorization')).toEqual(['Bearer t1', 'Bearer t2']);
  });

  it('keeps the path of its base URL, and encodes what it puts into paths', async () => {
    const script = scriptedFetch(jsonResponse(INTEGRATION));
    await clientOf(script, { baseUrl: 'https://gateway.test/stagedoor' }).client.integrations.get('a/../b?c');
    expect(script.requests[0]?.url).toBe('https://gateway.test/stagedoor/api/v1/integrations/a%2F..%2Fb%3Fc');
  });

  it.each(['', '.', '..'])('does not send %j as an id, which would be another path', async (id) => {
    const script = scriptedFetch(jsonResponse({}));
    await expect(clientOf(script).client.integrations.delete(id)).rejects.toThrow(
      new TypeError('integrationId: an id is expected.'),
    );
    expect(script.requests).toEqual([]);
  });
});

describe('retries', () => {
  it('wait for Retry-After, and have an end', async () => {
    const script = scriptedFetch(BUSY);
    const { client, clock } = clientOf(script);
    const failure = failureOf(client.integrations.get(ID));
    await clock.advance(2124);
    expect(script.requests).toHaveLength(1);
    await clock.advance(1);
    expect(script.requests).toHaveLength(2);
    await clock.advance(60_000);
    expect(await failure).toMatchObject({ code: 'overloaded', status: 503, retryAfterMs: 2000 });
    expect(script.requests).toHaveLength(4);
    expect(clock.sleeping).toEqual([]);
  });

  it('are not made when the wait is longer than the time that is left', async () => {
    const script = scriptedFetch(BUSY);
    const { client } = clientOf(script, { timeoutMs: 2100 });
    expect(await failureOf(client.integrations.get(ID))).toBeInstanceOf(ProblemError);
    expect(script.requests).toHaveLength(1);
  });

  it('leave the rest of the time to Stagedoor', async () => {
    const script = scriptedFetch(BUSY, jsonResponse(INTEGRATION));
    const { client, clock } = clientOf(script, { timeoutMs: 10_000 });
    const got = client.integrations.get(ID);
    await clock.advance(2125);
    await got;
    expect(header(script, 'x-request-timeout-ms')).toEqual(['9900', '7775']);
  });

  it('send a write with the same key', async () => {
    const script = scriptedFetch(
      new TypeError('fetch failed'),
      UNKNOWN,
      new Response('Bad gateway', { status: 502 }),
      jsonResponse(INTEGRATION),
    );
    const { client, clock } = clientOf(script);
    const patched = client.integrations.patch(ID, { statusId: 3002 });
    await clock.advance(10_000);
    await patched;
    const [key] = header(script, 'idempotency-key');
    expect(key).toMatch(/^[0-9a-f]{32}$/);
    expect(header(script, 'idempotency-key')).toEqual([key, key, key, key]);
    expect(await Promise.all(script.requests.map((request) => request.text()))).toEqual(
      Array(4).fill('{"statusId":3002}'),
    );
  });

  it('make a key of its own for each call', async () => {
    const script = scriptedFetch(jsonResponse(INTEGRATION));
    const { client } = clientOf(script);
    await client.integrations.patch(ID, { statusId: 3002 });
    await client.integrations.patch(ID, { statusId: 3002 });
    expect(new Set(header(script, 'idempotency-key')).size).toBe(2);
  });

  it.each([
    ['an unknown outcome', UNKNOWN],
    ['no response', new TypeError('fetch failed')],
    ['a 502 of a proxy', new Response('', { status: 502 })],
  ])('are not made after %s without a key', async (_name, outcome) => {
    const script = scriptedFetch(outcome);
    const { client } = clientOf(script);
    const failure = await failureOf(client.integrations.patch(ID, { statusId: 3002 }, { idempotencyKey: false }));
    expect(failure).toMatchObject({ idempotencyKey: undefined });
    expect(script.requests).toHaveLength(1);
  });

  it('are made without a key when nothing took effect', async () => {
    const script = scriptedFetch(BUSY, jsonResponse(INTEGRATION));
    const { client, clock } = clientOf(script);
    const patched = client.integrations.patch(ID, { statusId: 3002 }, { idempotencyKey: false });
    await clock.advance(3000);
    await expect(patched).resolves.toEqual(INTEGRATION);
  });

  it('can be turned off', async () => {
    const script = scriptedFetch(BUSY);
    await failureOf(clientOf(script, { retries: 0 }).client.me());
    expect(script.requests).toHaveLength(1);
  });
});

describe('the end of a call', () => {
  it('comes with its time, also while it waits for a response', async () => {
    const { client, clock } = clientOf(scriptedFetch('never'));
    const failure = failureOf(
      client.integrations.delete(ID, { timeoutMs: 1000, idempotencyKey: 'a-key-of-this-test' }),
    );
    await clock.advance(1000);
    const error = await failure;
    expect(error).toBeInstanceOf(CallTimeoutError);
    expect(error).toMatchObject({ timeoutMs: 1000, idempotencyKey: 'a-key-of-this-test' });
  });

  it.each([
    ['a response', 'never' as const],
    ['a retry', BUSY],
  ])('comes with the signal of the caller while it waits for %s', async (_name, first) => {
    const script = scriptedFetch(first);
    const { client, clock } = clientOf(script);
    const controller = new AbortController();
    const reason = new Error('the page was closed');
    const failure = failureOf(client.me({ signal: controller.signal }));
    await clock.advance(1);
    controller.abort(reason);
    expect(await failure).toBe(reason);
    expect(script.requests).toHaveLength(1);
    expect(clock.sleeping).toEqual([]);
  });

  it('comes at once with a signal that is aborted already', async () => {
    const script = scriptedFetch(jsonResponse({}));
    const signal = AbortSignal.abort();
    expect(await failureOf(clientOf(script).client.me({ signal }))).toBe(signal.reason);
    expect(script.requests).toEqual([]);
  });
});
