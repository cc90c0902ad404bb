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

    it('causes one renewal and one replay', async () => {
      await hubster.call();
      hubster.stub.identity = tokenOf('second');
      hubster.stub.portal = [unauthorized, json(200, { again: true })];
      expect(await hubster.call()).toEqual({ status: 200, json: { again: true } });
      expect(tokensSent()).toEqual(['Bearer portal-token-canary', 'Bearer portal-token-canary', 'Bearer second']);
      expect(hubster.stub.tokenRequests).toHaveLength(2);
    });

    it('replays a write as well, because a rejected token has no effect', async () => {
      hubster.stub.portal = [unauthorized, json(200, {})];
      await hubster.call(CREATE);
      expect(hubster.stub.calls).toHaveLength(2);
    });

    it('fails the call if the new token is rejected too, and causes no call to Identity for 5 s', async () => {
      hubster.stub.portal = [unauthorized];
      const failure = await hubster.failure();
      expect(failure).toMatchObject({ outcome: { kind: 'unauthorized' }, isPassthroughToken: false });
      for (let call = 0; call < 3; call += 1) await hubster.failure();
      expect(hubster.stub.tokenRequests).toHaveLength(2);
      await clock.advance(5000);
      await hubster.failure();
      expect(hubster.stub.tokenRequests).toHaveLength(3);
    });

    it('causes one renewal for all calls that receive it together', async () => {
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

    it('causes no renewal and no call to Identity for a passthrough token', async () => {
      hubster.stub.portal = [unauthorized];
      const tenant = { id: 'own', credentials: { portalToken: Secret.of('own-token') }, visibility: 'own' };
      expect(await hubster.failure(GET, hubster.context({ tenant }))).toMatchObject({ isPassthroughToken: true });
      expect(tokensSent()).toEqual(['Bearer own-token']);
      expect(hubster.stub.tokenRequests).toHaveLength(0);
    });

    it('is returned without a call for a token that no header can contain', async () => {
      const tenant = { id: 'own', credentials: { portalToken: Secret.of('two\r\nlines') }, visibility: 'own' };
      expect(await hubster.failure(GET, hubster.context({ tenant }))).toMatchObject({
        outcome: { kind: 'unauthorized' },
      });
      expect(hubster.stub.received).toEqual([]);
    });
  });

  describe('Identity', () => {
    it('receives the client credentials in a form [S-005]', async () => {
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
      'fails one tenant alone if it rejects the client with %s, and is not called again for 5 s [S-716]',
      async (_what, rejection) => {
        hubster.stub.identity = (request, response, socket) =>
          (request.body.includes('globex') ? rejection : tokenOf('t'))(request, response, socket);
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

    it('is retried after a failure, for writes as for reads, without an unknown outcome [S-720]', async () => {
      let requests = 0;
      hubster.stub.identity = (request, response, socket) => {
        requests += 1;
        (requests < 3 ? raw(503, '') : tokenOf('t'))(request, response, socket);
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

    it('is called again when the tenant’s credentials have changed', async () => {
      await hubster.call();
      hubster.stub.identity = tokenOf('second');
      await hubster.call(GET, hubster.context({ tenant: tenantNamed('acme', 'rotated') }));
      expect(tokensSent()).toEqual(['Bearer portal-token-canary', 'Bearer second']);
    });

    it.each([
      ['404', raw(404, '')],
      ['a redirect', raw(302, '', { location: '/x' })],
    ])('fails with an outcome of its own, not of the portal, after %s', async (_what, response) => {
      hubster.stub.identity = response;
      const failure = await hubster.failure();
      expect(failure).toMatchObject({ outcome: { phase: 'token' } });
      expect(failure).not.toMatchObject({ isNotFound: true });
    });

    it.each(['3600.0', '3.6e3', '9223372036854775807', '"3600"'])(
      'may send %s as the lifetime of a token',
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
      ['a token that no header can contain', { access_token: 'a\r\nb', expires_in: 3600 }],
      ['another type of token', { access_token: 'a', expires_in: 3600, token_type: 'mac' }],
      ['a token that has expired', { access_token: 'a', expires_in: 0 }],
      ['an infinite lifetime', '{"access_token":"a","expires_in":1e400}'],
      ['two lifetimes', '{"access_token":"a","expires_in":60,"expires_in":3600}'],
    ])('fails as unreadable if it sends %s', async (_what, response) => {
      hubster.stub.identity = typeof response === 'string' ? jsonText(response) : json(200, response);
      expect(await hubster.failure()).toMatchObject({ outcome: { kind: 'unreadable', phase: 'token' } });
    });
  });
});
