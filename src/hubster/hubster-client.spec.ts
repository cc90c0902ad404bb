import { createServer } from 'node:net';
import { tenantNamed } from '../../test/support/hubster/calls';
import { json, raw, reset, StubServer, silence } from '../../test/support/hubster/stub-server';
import { CREATE, GET, StubbedClient } from '../../test/support/hubster/stubbed-client';
import { ManualClock } from '../../test/support/manual-clock';
import { portOf } from '../../test/support/ports';
import { HubsterError } from './outcome/hubster-error';

describe('HubsterClient', () => {
  let clock: ManualClock;
  let hubster: StubbedClient;

  beforeEach(async () => {
    clock = new ManualClock();
    hubster = await StubbedClient.start(clock);
    hubster.stub.portal = [json(200, { name: 'Support' })];
  });

  afterEach(() => hubster.close());

  describe('the request', () => {
    it('contains the token, JSON types, the trace id and the request id only [S-002, S-003, S-013]', async () => {
      await hubster.call(
        GET,
        hubster.context({
          trace: { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', parentId: 'b7ad6b7169203331', isSampled: true },
        }),
      );
      const [call] = hubster.stub.calls;
      expect(call?.headers).toEqual({
        accept: 'application/json',
        'accept-encoding': 'identity',
        authorization: 'Bearer portal-token-canary',
        connection: 'keep-alive',
        'content-type': 'application/json',
        host: hubster.stub.url.host,
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-b7ad6b7169203331-01',
        'x-request-id': 'request-1',
      });
      expect(call).toMatchObject({ method: 'GET', url: '/api/v1/integrations/1', body: '' });
    });

    it('has an escaped query and a body of JSON in UTF-8', async () => {
      await hubster.call({ ...CREATE, query: { hubId: 'a&b=c' }, body: { name: 'Köln' } });
      expect(hubster.stub.calls[0]).toMatchObject({
        url: '/api/v1/integrations/hubs/1?hubId=a%26b%3Dc',
        body: '{"name":"Köln"}',
      });
    });

    it('stays below the path of the portal’s address and on its host [S-004]', async () => {
      const elsewhere = await StubbedClient.start(clock, new URL('prefix/', hubster.stub.url));
      hubster.stub.portal = [json(200, {})];
      await elsewhere.call();
      await elsewhere.call({ ...GET, path: '//example.com/x' });
      await elsewhere.close();
      expect(hubster.stub.calls.map(({ url }) => url)).toEqual([
        '/prefix/api/v1/integrations/1',
        '/prefix//example.com/x',
      ]);
    });
  });

  describe('the response', () => {
    it('has the status and the JSON of any 2xx, undefined without a body [S-007]', async () => {
      expect(await hubster.call()).toEqual({ status: 200, json: { name: 'Support' } });
      hubster.stub.portal = [raw(201, '')];
      expect(await hubster.call(CREATE)).toEqual({ status: 201, json: undefined });
    });

    it('keeps connections open between calls', async () => {
      for (let call = 0; call < 10; call += 1) await hubster.call();
      expect(hubster.stub.connections).toBeLessThanOrEqual(2);
    });
  });

  describe('retries', () => {
    it('sends a read three times and counts it', async () => {
      hubster.stub.portal = [raw(503, ''), reset, json(200, {})];
      const context = hubster.context();
      await hubster.call(GET, context);
      expect(context.stats.attempts).toBe(3);
      const metrics = await hubster.metrics.registry.metrics();
      expect(metrics).toContain('stagedoor_upstream_calls_total{operation="get",outcome="unavailable"} 1');
      expect(metrics).toContain('stagedoor_upstream_calls_total{operation="get",outcome="ok"} 1');
      expect(metrics).toContain('stagedoor_upstream_calls_total{operation="token",outcome="ok"} 1');
      expect(metrics).toContain('stagedoor_upstream_retries_total{operation="get",reason="reset"} 1');
      expect(metrics).toContain('stagedoor_upstream_retries_total{operation="get",reason="unavailable"} 1');
      expect(metrics).not.toContain('acme');
    });

    it('sends an ambiguous write once [S-701]', async () => {
      hubster.stub.portal = [raw(503, '')];
      const failure = await hubster.failure(CREATE, hubster.context({ deadlineMs: 15_000 }));
      expect(failure).toMatchObject({ outcome: { kind: 'unavailable' }, isAmbiguousWrite: true });
      expect(hubster.stub.calls).toHaveLength(1);
    });

    it('waits for exactly the Retry-After inside the request [S-717]', async () => {
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

    it('short-circuits the calls of one tenant while its longer Retry-After runs', async () => {
      hubster.stub.portal = [raw(429, '', { 'retry-after': '30' }), json(200, {})];
      expect(await hubster.failure()).toMatchObject({ outcome: { kind: 'rate-limited', retryAfterMs: 30_000 } });
      await clock.advance(10_000);
      const shortCircuited = { kind: 'short-circuited', by: 'retry-after', status: 429, retryAfterMs: 20_000 };
      expect(await hubster.failure()).toMatchObject({ outcome: shortCircuited });
      expect(await hubster.failure(CREATE)).toMatchObject({ outcome: shortCircuited });
      expect(hubster.stub.calls).toHaveLength(1);
      await hubster.call(GET, hubster.context({ tenant: tenantNamed('globex') }));
      expect(hubster.stub.calls).toHaveLength(2);
    });
  });

  describe('the deadline [S-719]', () => {
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

    it('causes no call at all once it has passed, not even for a token', async () => {
      await hubster.failure(GET, hubster.context({ deadlineMs: 0 }));
      expect(hubster.stub.received).toEqual([]);
    });

    it('ends the wait for a token that other calls may still get', async () => {
      hubster.stub.identity = silence;
      const failing = hubster.failure(CREATE, hubster.context({ deadlineMs: 1000 }));
      while (hubster.stub.tokenRequests.length === 0) await clock.advance(0);
      await clock.advance(1000);
      expect(await failing).toMatchObject({ outcome: { kind: 'deadline', phase: 'token', sent: false } });
    });
  });

  describe('a request that never left [S-703]', () => {
    it('is detected if nobody listens, so a write is sent again', async () => {
      const gone = await StubServer.start();
      const url = gone.url;
      await gone.close();
      const elsewhere = await StubbedClient.start(clock, url);
      const context = elsewhere.context({ deadlineMs: 15_000 });
      const failure = await elsewhere.failure(CREATE, context);
      expect(failure).toMatchObject({ outcome: { kind: 'never-sent', phase: 'portal' }, isAmbiguousWrite: false });
      expect(context.stats.attempts).toBe(3);
      await elsewhere.close();
    });

    it('is detected if the TLS handshake hangs', async () => {
      const mute = createServer((socket) => socket.on('error', () => undefined));
      await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
      const elsewhere = await StubbedClient.start(clock, new URL(`https://127.0.0.1:${portOf(mute)}/`), {
        connectMs: 50,
      });
      const failure = await elsewhere.failure(CREATE, elsewhere.context({ deadlineMs: 100 }));
      expect(failure).toMatchObject({ outcome: { kind: 'never-sent' } });
      await elsewhere.close();
      mute.close();
    });

    it('is detected if the name does not resolve', async () => {
      const elsewhere = await StubbedClient.start(clock, new URL('http://stagedoor.invalid/'));
      expect(await elsewhere.failure()).toMatchObject({ outcome: { kind: 'never-sent' } });
      await elsewhere.close();
    });
  });

  it('throws HubsterError only', async () => {
    hubster.stub.portal = [raw(404, '')];
    const failure = await hubster.failure();
    expect(failure).toBeInstanceOf(HubsterError);
    expect(failure).toMatchObject({ isNotFound: true, mayMeanUnsupported: true });
  });
});
