import { RequestHook } from '../../src/api/hooks/request.hook';
import { AUDIT_ACTIONS } from '../../src/audit/vocabulary';
import { SCOPES } from '../../src/context/scope';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

describe('every route declares who may use it and what it leaves in the trail', () => {
  let stagedoor: Stagedoor;

  beforeAll(async () => {
    stagedoor = await startStagedoor();
  });
  afterAll(() => stagedoor.close());

  const routes = () => stagedoor.app.get(RequestHook).routes.routes;

  it('there is none without a declaration', () => {
    expect(routes().length).toBeGreaterThan(20);
    expect(routes().filter(({ declaration }) => declaration === undefined)).toEqual([]);
  });

  it('public ones say why, the others name a scope and an audit event or why there is none', () => {
    for (const { declaration } of routes()) {
      if (declaration?.access === 'public') expect(declaration.because).toMatch(/\w+ \w+/);
      if (declaration?.access !== 'caller') continue;
      expect(['any', ...SCOPES]).toContain(declaration.scope);
      if ('none' in declaration.audit) expect(declaration.audit.none).toMatch(/\w+ \w+/);
      else expect(AUDIT_ACTIONS).toContain(declaration.audit.action);
    }
  });

  it('everything under the base path asks for a caller', () => {
    const open = routes().filter(({ url, declaration }) => url.startsWith('/api/') && declaration?.access !== 'caller');
    expect(open).toEqual([]);
  });

  it('each of them refuses a stranger and a caller without the scope, and asks Hubster nothing', async () => {
    for (const { url, methods, declaration } of routes()) {
      if (declaration?.access !== 'caller') continue;
      const path = url.replace(/:channel\w+/, 'Direct').replaceAll(/:\w+/g, HUBS.acme);
      for (const method of methods) {
        const stranger = await fetch(`${stagedoor.url}${path}`, { method });
        expect([method, path, stranger.status]).toEqual([method, path, 401]);
        expect(stranger.headers.get('www-authenticate')).toBe('Bearer realm="stagedoor"');
        if (declaration.scope === 'any' || declaration.scope === 'integrations:read') continue;
        const headers = { 'x-api-key': stagedoor.keyOf('reader') };
        const weak = await fetch(`${stagedoor.url}${path}`, { method, headers });
        expect([method, path, weak.status]).toEqual([method, path, 403]);
        if (method === 'HEAD') continue;
        expect(await weak.json()).toMatchObject({
          code: 'forbidden',
          detail: expect.stringContaining(declaration.scope),
        });
      }
    }
    expect(await stagedoor.journal()).toEqual([]);
  });
});
