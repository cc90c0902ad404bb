import { tenantNamed } from '../../../test/support/hubster/calls';
import { json, raw } from '../../../test/support/hubster/stub-server';
import { CREATE, GET, StubbedClient } from '../../../test/support/hubster/stubbed-client';
import { ManualClock } from '../../../test/support/manual-clock';
import { Secret } from '../../secrets/secret';

const tokenOf = (token: string) => json(200, { access_token: token, expires_in: 3600, token_type: 'Bearer' });

const jsonText = (body: string) => raw(200, body, { 'content-type': 'application/json' });

describe('the portal token', () => {
  let clock: ManualClock;
  let hubster: StubbedClient;

  beforeEach(async () => {
    clock = new ManualClock();
    hubster = await StubbedClient.start(clock);
    hubster.stub.portal = [json(200, { name: 'Support' })];
  });

  afterEach(() => hubster.close());

  const tokensSent = () => hubster.stub.calls.map(({ headers }) => headers['authorization']);

  describe('a 401 [S-006]', () => {
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
      expect(failure).toMatchObject({ outcome: { kind: 'unauthorized' }, isPassthroughToken: false });
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
      const tenant = { id: 'own', credentials: { portalToken: Secret.of('own-token') }, visibility: 'own' };
      expect(await hubster.failure(GET, hubster.context({ tenant }))).toMatchObject({ isPassthroughToken: true });
      expect(tokensSent()).toEqual(['Bearer own-token']);
      expect(hubster.stub.tokenRequests).toHaveLength(0);
    });

    it('is what a token gets that no header can hold, without a call', async () => {
      const tenant = { id: 'own', credentials: { portalToken: Secret.of('two\r\nlines') }, visibility: 'own' };
      expect(await hubster.failure(GET, hubster.context({ tenant }))).toMatchObject({
        outcome: { kind: 'unauthorized' },
      });
      expect(hubster.stub.received).toEqual([]);
    });
  });

  describe('Identity', () => {
    it('asks for a token with the client’s credentials in a form [S-005]', async () => {
      await hubster.call();
      expect(hubster.stub.tokenRequests).toMatchObject([
        {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: 'grant_type=client_credentials&client_id=hubster.portal.api.acme&client_secret=client-secret-canary',
        },
      ]);
    });

    it.each([
      ['400 invalid_client', json(400, { error: 'invalid_client' })],
      ['401', raw(401, '')],
    ])(
      'refusing the client with %s fails that tenant alone, and is not asked again for 5 s [S-716]',
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

    it('failing is retried, for writes as for reads, and leaves nothing unknown [S-720]', async () => {
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
    ])('answering %s is no answer of the portal’s', async (_what, response) => {
      hubster.stub.identity = response;
      const failure = await hubster.failure();
      expect(failure).toMatchObject({ outcome: { phase: 'token' } });
      expect(failure).not.toMatchObject({ isNotFound: true });
    });

    it.each(['3600.0', '3.6e3', '9223372036854775807', '"3600"'])(
      'may say how long it lives as %s',
      async (seconds) => {
        hubster.stub.identity = jsonText(`{"access_token":"a","expires_in":${seconds}}`);
        await hubster.call();
        await clock.advance(3_000_000);
        await hubster.call();
        expect(hubster.stub.tokenRequests).toHaveLength(1);
      },
    );

    it.each([
      ['no token', { expires_in: 3600 }],
      ['a token no header can hold', { access_token: 'a\r\nb', expires_in: 3600 }],
      ['another type of token', { access_token: 'a', expires_in: 3600, token_type: 'mac' }],
      ['a token that has ended', { access_token: 'a', expires_in: 0 }],
      ['a life without end', '{"access_token":"a","expires_in":1e400}'],
      ['two lives', '{"access_token":"a","expires_in":60,"expires_in":3600}'],
    ])('answering with %s is a broken answer', async (_what, response) => {
      hubster.stub.identity = typeof response === 'string' ? jsonText(response) : json(200, response);
      expect(await hubster.failure()).toMatchObject({ outcome: { kind: 'unreadable', phase: 'token' } });
    });
  });
});
