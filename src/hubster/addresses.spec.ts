import { tenantNamed } from '../../test/support/hubster/calls';
import { json, StubServer } from '../../test/support/hubster/stub-server';
import { GET, StubbedClient } from '../../test/support/hubster/stubbed-client';
import { ManualClock } from '../../test/support/manual-clock';
import type { Tenant } from '../context/tenant';

describe('a tenant with addresses of its own [S-810]', () => {
  let hubster: StubbedClient;
  let own: StubServer;

  beforeEach(async () => {
    hubster = await StubbedClient.start(new ManualClock());
    hubster.stub.portal = [json(200, { at: 'environment' })];
    own = await StubServer.start();
    own.portal = [json(200, { at: 'own' })];
    own.identity = json(200, { access_token: 'token-of-own-hubster', expires_in: 3600, token_type: 'Bearer' });
  });
  afterEach(async () => {
    await Promise.all([hubster.close(), own.close()]);
  });

  const moved = (): Tenant => {
    const tenant = tenantNamed('acme');
    const addresses = { portalUrl: own.url, identityUrl: own.url };
    return { ...tenant, credentials: { ...tenant.credentials, addresses } };
  };
  const read = (tenant: Tenant) => hubster.call(GET, hubster.context({ tenant }));

  it('calls its own Hubster, with a token from there', async () => {
    expect(await read(moved())).toMatchObject({ json: { at: 'own' } });
    expect(own.tokenRequests).toHaveLength(1);
    expect(own.calls.map(({ headers }) => headers['authorization'])).toEqual(['Bearer token-of-own-hubster']);
    expect(hubster.stub.received).toEqual([]);
  });

  it('has another token after its addresses have changed, with the same credentials', async () => {
    for (const tenant of [tenantNamed('acme'), moved(), tenantNamed('acme')]) await read(tenant);
    expect(JSON.stringify(own.calls)).not.toContain('portal-token-canary');
    expect(JSON.stringify(hubster.stub.calls)).not.toContain('token-of-own-hubster');
    expect([hubster.stub.calls.length, own.calls.length]).toEqual([2, 1]);
  });
});
