import { RequestHook } from '../../src/api/hooks/request.hook';
import { AUDIT_ACTIONS } from '../../src/audit/record';
import { SCOPES } from '../../src/context/caller';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

describe('every route declares its access and its audit event', () => {
  let stagedoor: Stagedoor;

  beforeAll(async () => {
    stagedoor = await startStagedoor();
  });
  afterAll(() => stagedoor.close());

  const routes = () => stagedoor.app.get(RequestHook).routes.routes;

  it('has a declaration', () => {
    expect(routes().length).toBeGreaterThan(20);
    expect(routes().filter(({ declaration }) => declaration === undefined)).toEqual([]);
  });

  it('names the reason if it is public, otherwise a scope, and an audit event or the reason for none', () => {
    for (const { declaration } of routes()) {
      if (declaration?.access === 'public') expect(declaration.because).toMatch(/\w+ \w+/);
      if (declaration?.access !== 'caller') continue;
      expect(['any', ...SCOPES]).toContain(declaration.scope);
      if ('none' in declaration.audit) expect(declaration.audit.none).toMatch(/\w+ \w+/);
      else expect(AUDIT_ACTIONS).toContain(declaration.audit.action);
    }
  });

  it('requires a tenant, except where the response is the same for all of them or concerns the caller', () => {
    const without = routes().filter(
      ({ declaration }) => declaration?.access === 'caller' && declaration.needsNoTenant === true,
    );
    expect([...new Set(without.map(({ url }) => url))].sort()).toEqual([
      '/api/v1/channels',
      '/api/v1/channels/:channelId',
      '/api/v1/me',
    ]);
  });

  it('requires a caller under the base path', () => {
    const open = routes().filter(({ url, declaration }) => url.startsWith('/api/') && declaration?.access !== 'caller');
    expect(open).toEqual([]);
  });

  it('rejects requests without credentials or scope, without a call to Hubster', async () => {
    for (const { url, methods, declaration } of routes()) {
      if (declaration?.access !== 'caller') continue;
      const path = url.replace(/:channel\w+/, 'Direct').replaceAll(/:\w+/g, HUBS.acme);
      for (const method of methods) {
        const anonymous = await fetch(`${stagedoor.url}${path}`, { method });
        expect([method, path, anonymous.status]).toEqual([method, path, 401]);
        expect(anonymous.headers.get('www-authenticate')).toBe('Bearer realm="stagedoor"');
        if (declaration.scope === 'any' || declaration.scope === 'integrations:read') continue;
        const headers = { 'x-api-key': stagedoor.keyOf('reader') };
        const withoutScope = await fetch(`${stagedoor.url}${path}`, { method, headers });
        expect([method, path, withoutScope.status]).toEqual([method, path, 403]);
        if (method === 'HEAD') continue;
        expect(await withoutScope.json()).toMatchObject({
          code: 'forbidden',
          detail: expect.stringContaining(declaration.scope),
        });
      }
    }
    expect(await stagedoor.hubsterCalls()).toEqual([]);
  });
});
