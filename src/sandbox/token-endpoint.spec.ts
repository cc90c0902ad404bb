import { SandboxClient } from '../../test/support/sandbox/sandbox-client';

describe('Identity', () => {
  let client: SandboxClient;
  beforeAll(async () => {
    client = await SandboxClient.start();
  });
  afterAll(() => client.close());

  const credentials = () => ({ client_id: client.acme.clientId, client_secret: client.acme.clientSecret });

  it('issues a new opaque token each time [S-005]', async () => {
    const first = await client.requestToken(credentials());
    const second = await client.requestToken(credentials());
    expect(first.json).toEqual({
      access_token: expect.stringMatching(/^hpt_[\w-]{43}$/),
      expires_in: 2_592_000,
      token_type: 'Bearer',
      scope: 'hubster-portal-api',
    });
    expect(second.json['access_token']).not.toBe(first.json['access_token']);
  });

  it.each([
    ['a wrong secret', { client_secret: 'x' }, 'invalid_client'],
    ['an unknown client', { client_id: 'x' }, 'invalid_client'],
    ["another tenant's secret", {}, 'invalid_client'],
    ['another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
  ])('rejects %s with 400 [S-716]', async (what, wrong, error) => {
    const foreign = what.startsWith('another tenant') ? { client_secret: client.tenant('globex').clientSecret } : {};
    const { status, json } = await client.requestToken({ ...credentials(), ...foreign, ...wrong });
    expect([status, json]).toEqual([400, { error }]);
  });

  it('rejects a body that is not a form', async () => {
    expect((await client.send('POST', '/connect/token', credentials())).json).toEqual({ error: 'invalid_request' });
    expect((await client.send('GET', '/connect/token')).status).toBe(405);
  });

  it.each([
    ['no token', undefined],
    ['an unknown token', 'Bearer hpt_x'],
    ['another scheme', 'Basic abc'],
  ])('responds to portal calls with 401 and PRT000102 for %s [S-006]', async (_what, authorization) => {
    const { status, codes } = await client.send(
      'GET',
      '/api/v1/integrations',
      undefined,
      authorization ? { authorization } : {},
    );
    expect([status, codes]).toEqual([401, [102]]);
  });

  it('revokes the tokens of one tenant, or of all', async () => {
    const [acme, globex] = [await client.token('acme'), await client.token('globex')];
    const status = async (token: string) =>
      (await client.send('GET', '/api/v1/integrations', undefined, { authorization: `Bearer ${token}` })).status;
    await client.send('POST', '/sandbox/tokens/revoke', { tenant: 'acme' });
    expect([await status(acme), await status(globex)]).toEqual([401, 200]);
    await client.send('POST', '/sandbox/tokens/revoke');
    expect(await status(globex)).toBe(401);
  });

  it('rejects tokens after their lifetime in seconds', async () => {
    const brief = await SandboxClient.start({ tokenLifetimeSeconds: 0 });
    const { clientId, clientSecret } = brief.acme;
    const { json } = await brief.requestToken({ client_id: clientId, client_secret: clientSecret });
    expect(json['expires_in']).toBe(0);
    expect((await brief.portal('GET', '')).status).toBe(401);
    await brief.close();
  });
});
