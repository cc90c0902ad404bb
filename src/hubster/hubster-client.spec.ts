import { createServer } from 'node:net';
import { ManualClock } from '../../test/support/manual-clock';
import { Secret } from '../secrets/secret';
import { HubsterFailure } from './hubster-failure';
import { tenantNamed } from './testing/calls';
import { json, raw, reset, StubServer, silence } from './testing/stub-server';
import { CREATE, GET, StubbedClient } from './testing/stubbed-client';

const tokenOf = (token: string) => json(200, { access_token: token, expires_in: 3600, token_type: 'Bearer' });

describe('HubsterClient', () => {
  let clock: ManualClock;
  let hubster: StubbedClient;

  beforeEach(async () => {
    clock = new ManualClock();
    hubster = await StubbedClient.start(clock);
    hubster.stub.portal = [json(200, { name: 'Support' })];
  });

  afterEach(() => hubster.close());

  const tokensSent = () => hubster.stub.calls.map(({ headers }) => headers['authorization']);

  describe('the request', () => {
    it('carries the token, JSON types and the request id, and nothing else (S-002, S-003, S-013)', async () => {
      await hubster.call(GET, hubster.context({ traceId: '4bf92f3577b34da6a3ce929d0e0e4736' }));
      const [call] = hubster.stub.calls;
      expect(call?.headers).toEqual({
        accept: 'application/json',
        'accept-encoding': 'identity',
        authorization: 'Bearer portal-token-canary',
        connection: 'keep-alive',
        'content-type': 'application/json',
        host: hubster.stub.url.host,
        traceparent: expect.stringMatching(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-00$/),
        'x-request-id': 'request-1',
      });
      expect(call).toMatchObject({ method: 'GET', url: '/api/v1/integrations/1', body: '' });
    });

    it('has its query escaped and its body as JSON in UTF-8', async () => {
      await hubster.call({ ...CREATE, query: { hubId: 'a&b=c' }, body: { name: 'Köln' } });
      expect(hubster.stub.calls[0]).toMatchObject({
        url: '/api/v1/integrations/hubs/1?hubId=a%26b%3Dc',
        body: '{"name":"Köln"}',
      });
    });

    it('stays below the path of the portal’s address, and on its host (S-004)', async () => {
      const elsewhere = await StubbedClient.start(clock, new URL('prefix/', hubster.stub.url));
      hubster.stub.portal = [json(200, {})];
      await elsewhere.call();
      await elsewhere.call({ ...GET, path: '//example.com/x' });
      await elsewhere.close();
      expect(hubster.stub.calls.map(({ url }) => url)).toEqual(['/prefix/api/v1/integrations/1', '/example.com/x']);
    });

    it('asks for a token with the client’s credentials in a form (S-005)', async () => {
      await hubster.call();
      expect(hubster.stub.tokenRequests).toMatchObject([
        {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: 'grant_type=client_credentials&client_id=hubster.portal.api.acme&client_secret=client-secret-canary',
        },
      ]);
    });
  });

  describe('the answer', () => {
    it('is the status and the JSON of any 2xx, undefined without a body (S-007)', async () => {
      expect(await hubster.call()).toEqual({ status: 200, json: { name: 'Support' } });
      hubster.stub.portal = [raw(201, '')];
      expect(await hubster.call(CREATE)).toEqual({ status: 201, json: undefined });
    });

    it('keeps connections open between calls', async () => {
      for (let call = 0; call < 10; call += 1) await hubster.call();
      expect(hubster.stub.connections).toBeLessThanOrEqual(2);
    });
  });

  describe('a 401 (S-006)', () => {
    const unauthorized = json(401, { status: 401, errors: [{ code: 102, description: 'Unauthorized.' }] });

    it('leads to one renewal and one replay', async () => {
      await hubster.call();
      hubster.stub.identity = tokenOf('second');
      hubster.stub.portal = [unauthorized, json(200, { again: true })];
      expect(await hubster.call()).toEqual({ status: 200, json: { again: true } });
      expect(tokensSent()).toEqual(['Bearer portal-token-canary', 'Bearer portal-token-canary', 'Bearer second']);
      expect(hubster.stub.tokenRequests).toHaveLength(2);
    });

    it('replays writes as well: a refused token did nothing', async () => {
      hubster.stub.portal = [unauthorized, json(200, {})];
      await hubster.call(CREATE);
      expect(hubster.stub.calls).toHaveLength(2);
    });

    it('with the fresh token fails, and costs Identity nothing more for 5 s', async () => {
      hubster.stub.portal = [unauthorized];
      const failure = await hubster.failure();
      expect(failure).toMatchObject({ outcome: { kind: 'unauthorized' }, isOwnToken: false });
      for (let call = 0; call < 3; call += 1) await hubster.failure();
      expect(hubster.stub.tokenRequests).toHaveLength(2);
      await clock.advance(5000);
      await hubster.failure();
      expect(hubster.stub.tokenRequests).toHaveLength(3);
    });

    it('renews once for all calls that met it together', async () => {
      await hubster.call();
      hubster.stub.identity = tokenOf('second');
      hubster.stub.portal = [
        (request, response, socket) =>
          (request.headers['authorization'] === 'Bearer second' ? json(200, {}) : unauthorized)(
            request,
            response,
            socket,
          ),
      ];
      await Promise.all(Array.from({ length: 8 }, () => hubster.call()));
      expect(hubster.stub.tokenRequests).toHaveLength(2);
    });

    it('is the caller’s own in passthrough: nothing is renewed, Identity is not asked', async () => {
      hubster.stub.portal = [unauthorized];
      const tenant = { id: 'own', credentials: { portalToken: Secret.of('own-token') } };
      expect(await hubster.failure(GET, hubster.context({ tenant }))).toMatchObject({ isOwnToken: true });
      expect(tokensSent()).toEqual(['Bearer own-token']);
      expect(hubster.stub.tokenRequests).toHaveLength(0);
    });

    it('is what a token gets that no header can hold, without a call', async () => {
      const tenant = { id: 'own', credentials: { portalToken: Secret.of('two\r\nlines') } };
      expect(await hubster.failure(GET, hubster.context({ tenant }))).toMatchObject({
        outcome: { kind: 'unauthorized' },
      });
      expect(hubster.stub.received).toEqual([]);
    });
  });

  describe('Identity', () => {
    it.each([
      ['400 invalid_client', json(400, { error: 'invalid_client' })],
      ['401', raw(401, '')],
    ])(
      'refusing the client with %s fails that tenant alone, and is not asked again for 5 s (S-716)',
      async (_what, refusal) => {
        hubster.stub.identity = (request, response, socket) =>
          (request.body.includes('globex') ? refusal : tokenOf('t'))(request, response, socket);
        const globex = hubster.context({ tenant: tenantNamed('globex') });
        expect(await hubster.failure(GET, globex)).toMatchObject({
          outcome: { kind: 'client-refused', phase: 'token' },
        });
        expect(await hubster.failure(GET, globex)).toMatchObject({ outcome: { kind: 'client-refused' } });
        expect(hubster.stub.tokenRequests).toHaveLength(1);
        expect(await hubster.call()).toMatchObject({ status: 200 });
        await clock.advance(5000);
        await hubster.failure(GET, hubster.context({ tenant: tenantNamed('globex') }));
        expect(hubster.stub.tokenRequests).toHaveLength(3);
      },
    );

    it('failing is retried, for writes as for reads, and leaves nothing unknown (S-720)', async () => {
      let asked = 0;
      hubster.stub.identity = (request, response, socket) => {
        asked += 1;
        (asked < 3 ? raw(503, '') : tokenOf('t'))(request, response, socket);
      };
      expect(await hubster.call(CREATE, hubster.context({ deadlineMs: 15_000 }))).toMatchObject({ status: 200 });
      hubster.stub.identity = raw(500, '');
      const failure = await hubster.failure(
        CREATE,
        hubster.context({ tenant: tenantNamed('globex'), deadlineMs: 15_000 }),
      );
      expect(failure).toMatchObject({ outcome: { kind: 'server-error', phase: 'token' }, isAmbiguousWrite: false });
      expect(hubster.stub.calls).toHaveLength(1);
    });

    it('is asked anew when the tenant’s credentials have changed', async () => {
      await hubster.call();
      hubster.stub.identity = tokenOf('second');
      await hubster.call(GET, hubster.context({ tenant: tenantNamed('acme', 'rotated') }));
      expect(tokensSent()).toEqual(['Bearer portal-token-canary', 'Bearer second']);
    });

    it.each([
      ['404', raw(404, '')],
      ['a redirect', raw(302, '', { location: '/x' })],
    ])('answering %s is no answer of the portal’s', async (_what, answer) => {
      hubster.stub.identity = answer;
      const failure = await hubster.failure();
      expect(failure).toMatchObject({ outcome: { phase: 'token' } });
      expect(failure).not.toMatchObject({ isNotFound: true });
    });

    it.each([
      ['no token', { expires_in: 3600 }],
      ['a token no header can hold', { access_token: 'a\r\nb', expires_in: 3600 }],
      ['another type of token', { access_token: 'a', expires_in: 3600, token_type: 'mac' }],
      ['a token that has ended', { access_token: 'a', expires_in: 0 }],
    ])('answering with %s is a broken answer', async (_what, answer) => {
      hubster.stub.identity = json(200, answer);
      expect(await hubster.failure()).toMatchObject({ outcome: { kind: 'broken-answer', phase: 'token' } });
    });
  });

  describe('retries', () => {
    it('sends a read three times and counts it', async () => {
      hubster.stub.portal = [raw(503, ''), reset, json(200, {})];
      const context = hubster.context();
      await hubster.call(GET, context);
      expect(context.tally.attempts).toBe(3);
      const metrics = await hubster.metrics.registry.metrics();
      expect(metrics).toContain('stagedoor_upstream_calls_total{operation="get",outcome="unavailable"} 1');
      expect(metrics).toContain('stagedoor_upstream_calls_total{operation="get",outcome="ok"} 1');
      expect(metrics).toContain('stagedoor_upstream_calls_total{operation="token",outcome="ok"} 1');
      expect(metrics).toContain('stagedoor_upstream_retries_total{operation="get",reason="reset"} 1');
      expect(metrics).not.toContain('acme');
    });

    it('sends an ambiguous write once (S-701)', async () => {
      hubster.stub.portal = [raw(503, '')];
      const failure = await hubster.failure(CREATE, hubster.context({ deadlineMs: 15_000 }));
      expect(failure).toMatchObject({ outcome: { kind: 'unavailable' }, isAmbiguousWrite: true });
      expect(hubster.stub.calls).toHaveLength(1);
    });

    it('waits for Retry-After inside the request, and not a millisecond less (S-717)', async () => {
      hubster.stub.portal = [raw(429, '', { 'retry-after': ['1', '2'] }), json(200, {})];
      const calling = hubster.call();
      await hubster.stub.called();
      while (clock.sleeping[0] !== 2000) await clock.advance(0);
      await clock.advance(1999);
      expect(hubster.stub.calls).toHaveLength(1);
      await clock.advance(1);
      await calling;
      expect(hubster.stub.calls).toHaveLength(2);
    });

    it('keeps a tenant’s calls at home while a longer Retry-After runs, and no other’s', async () => {
      hubster.stub.portal = [raw(429, '', { 'retry-after': '30' }), json(200, {})];
      expect(await hubster.failure()).toMatchObject({ outcome: { kind: 'rate-limited', retryAfterMs: 30_000 } });
      await clock.advance(10_000);
      const held = { kind: 'held', by: 'retry-after', status: 429, retryAfterMs: 20_000 };
      expect(await hubster.failure()).toMatchObject({ outcome: held });
      expect(await hubster.failure(CREATE)).toMatchObject({ outcome: held });
      expect(hubster.stub.calls).toHaveLength(1);
      await hubster.call(GET, hubster.context({ tenant: tenantNamed('globex') }));
      expect(hubster.stub.calls).toHaveLength(2);
    });
  });

  describe('the deadline (S-719)', () => {
    it.each([
      ['before anything is sent', 0, false],
      ['while Hubster is silent', 2000, true],
    ])('ends the call %s', async (_when, deadlineMs, sent) => {
      await hubster.call();
      hubster.stub.portal = [silence];
      const failing = hubster.failure(GET, hubster.context({ deadlineMs }));
      if (sent) await hubster.stub.called();
      await clock.advance(deadlineMs);
      expect(await failing).toMatchObject({ outcome: { kind: 'deadline', phase: 'portal', sent } });
    });

    it('ends the waiting for a token that others may still get', async () => {
      hubster.stub.identity = silence;
      const failing = hubster.failure(CREATE, hubster.context({ deadlineMs: 1000 }));
      while (hubster.stub.tokenRequests.length === 0) await clock.advance(0);
      await clock.advance(1000);
      expect(await failing).toMatchObject({ outcome: { kind: 'deadline', phase: 'token', sent: false } });
    });
  });

  describe('a request that never left (S-703)', () => {
    it('is known as such when nobody listens: a write is sent again', async () => {
      const gone = await StubServer.start();
      const url = gone.url;
      await gone.close();
      const elsewhere = await StubbedClient.start(clock, url);
      const context = elsewhere.context({ deadlineMs: 15_000 });
      const failure = await elsewhere.failure(CREATE, context);
      expect(failure).toMatchObject({ outcome: { kind: 'never-sent', phase: 'portal' }, isAmbiguousWrite: false });
      expect(context.tally.attempts).toBe(3);
      await elsewhere.close();
    });

    it('is known as such when the TLS handshake hangs, after 1 s of connecting', async () => {
      const mute = createServer((socket) => socket.on('error', () => undefined));
      await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
      const address = mute.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      const elsewhere = await StubbedClient.start(clock, new URL(`https://127.0.0.1:${port}/`));
      const failure = await elsewhere.failure(CREATE, elsewhere.context({ deadlineMs: 3000 }));
      expect(failure).toMatchObject({ outcome: { kind: 'never-sent' } });
      await elsewhere.close();
      mute.close();
    });

    it('is known as such when the name is not known', async () => {
      const elsewhere = await StubbedClient.start(clock, new URL('http://stagedoor.invalid/'));
      expect(await elsewhere.failure()).toMatchObject({ outcome: { kind: 'never-sent' } });
      await elsewhere.close();
    });
  });

  it('throws HubsterFailure and nothing else', async () => {
    hubster.stub.portal = [raw(404, '')];
    const failure = await hubster.failure();
    expect(failure).toBeInstanceOf(HubsterFailure);
    expect(failure).toMatchObject({ isNotFound: true, mayMeanUnsupported: true });
  });
});
