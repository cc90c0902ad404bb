import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { makeApiKey } from '../../src/access/api-key';
import { TenantsReload } from '../../src/api/operations/tenants-reload';
import { parseTenantsFile } from '../../src/config/tenants/parse-tenants-file';
import { SCOPES } from '../../src/context/caller';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer';

interface TenantsFile {
  tenants: { id: string; hubs?: string[]; limits?: object }[];
  callers: { id: string; keyHash: string; tenants: string[] | '*'; scopes: string[] }[];
  issuers?: object[];
  passthrough?: boolean;
}

describe('a reload of the tenants file', () => {
  let stagedoor: Stagedoor;
  let issuer: TokenIssuer;
  let file: TenantsFile;

  beforeEach(async () => {
    issuer = await startTokenIssuer();
    const trusted = { issuer: issuer.url, audience: 'stagedoor', jwksUri: issuer.jwksUri, tenants: ['acme'] };
    stagedoor = await startStagedoor({ tenantsFile: { issuers: [trusted] } });
    file = parse(await readFile(join(stagedoor.directory, 'tenants.yaml'), 'utf8'));
  });
  afterEach(async () => {
    await stagedoor.close();
    await issuer.close();
  });

  const apply = (text: string, isRead = Promise.resolve()) =>
    stagedoor.app.get(TenantsReload).apply(async () => {
      await isRead;
      const secrets = Object.fromEntries(
        stagedoor.sandbox.tenants.map(({ name, clientSecret }) => [`${name.toUpperCase()}_SECRET`, clientSecret]),
      );
      return parseTenantsFile(text, { env: secrets, readFile: () => '', scopes: SCOPES });
    });
  const me = (bearer: string) => stagedoor.as().get('/api/v1/me').set('authorization', `Bearer ${bearer}`);

  it('accepts an added caller, rejects a removed one, and does not affect others', async () => {
    const { key, hash } = makeApiKey();
    const added = { id: 'added', keyHash: `sha256:${hash}`, tenants: ['globex'], scopes: ['audit:read'] };
    await apply(stringify({ ...file, callers: [...file.callers.filter(({ id }) => id !== 'reader'), added] }));
    expect((await me(key.reveal()).expect(200)).body).toMatchObject({ caller: 'added', tenant: 'globex' });
    await stagedoor.as('reader').get('/api/v1/me').expect(401);
    await stagedoor.as('acme-app').get('/api/v1/me').expect(200);
  });

  it('keeps the later one of two reloads at once, though the earlier one takes longer', async () => {
    let finish = (): void => undefined;
    const isRead = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const withoutReader = { ...file, callers: file.callers.filter(({ id }) => id !== 'reader') };
    const both = [apply(stringify(withoutReader), isRead), apply(stringify(file))];
    await new Promise((resolve) => setImmediate(resolve));
    finish();
    await Promise.all(both);
    await stagedoor.as('reader').get('/api/v1/me').expect(200);
  });

  it('rejects a verified token when its issuer is removed', async () => {
    const token = await issuer.token();
    await me(token).expect(200);
    await apply(stringify({ ...file, issuers: [] }));
    await me(token).expect(401);
    await apply(stringify(file));
    await me(token).expect(200);
    expect(issuer.fetches).toBe(1);
  });

  it('changes nothing after an invalid edit, and logs the reason without a value', async () => {
    const invalid = { ...file, callers: file.callers.map((caller) => ({ ...caller, tenants: ['hunter2'] })) };
    for (const text of ['', '{', stringify(invalid)]) await apply(text);
    await stagedoor.as('acme-app').get('/api/v1/me').expect(200);
    const kept = stagedoor.logs.filter((line) => line.includes('tenants.reload-failed'));
    expect(kept).toHaveLength(3);
    expect(kept.at(2)).toContain('callers[0].tenants[0] (line ');
    expect(stagedoor.logs.join()).not.toContain('hunter2');
  });

  it('a file with the tenants that are in force changes nothing, and ends what a bad edit had led to', async () => {
    const token = await issuer.token();
    await me(token).expect(200);
    await apply('{');
    expect(stagedoor.app.get(TenantsReload).hasFailed).toBe(true);
    await stagedoor.app.get(TenantsReload).apply(async () => undefined);
    expect(stagedoor.app.get(TenantsReload).hasFailed).toBe(false);
    await me(token).expect(200);
    expect(issuer.fetches).toBe(1);
    const [reloaded = ''] = stagedoor.logs.filter((line) => line.includes('tenants.reloaded'));
    const { tenants, callers } = file;
    expect(JSON.parse(reloaded)).toMatchObject({ tenants: tenants.length, callers: callers.length, changed: 0 });
  });

  it('hides removed hubs at once, also those in the cache [S-016]', async () => {
    const list = `/api/v1/integrations/hubs/${HUBS.acme}/Direct`;
    const another = `/api/v1/integrations/hubs/${HUBS.globex}/Direct`;
    await stagedoor.as('acme-app').get(list).expect(200);
    await stagedoor.as('globex-app').get(another).expect(200);
    const restricted = file.tenants.map((tenant) =>
      tenant.id === 'acme' ? { ...tenant, hubs: [HUBS.acmeSecond] } : tenant,
    );
    await apply(stringify({ ...file, tenants: restricted }));
    await stagedoor.as('acme-app').get(list).expect(404);
    await apply(stringify(file));
    const again = await stagedoor.as('acme-app').get(list).expect(200);
    expect(again.headers['cache-status']).toContain('fwd=miss');
    const untouched = await stagedoor.as('globex-app').get(another).expect(200);
    expect(untouched.headers['cache-status']).toContain('hit');
  });

  it('applies limits, sends them in headers, and does not audit a 429', async () => {
    const limited = file.tenants.map((tenant) => ({ ...tenant, limits: { requestsPerMinute: 10 } }));
    await apply(stringify({ ...file, tenants: limited }));
    const responses = [];
    for (let count = 0; count < 11; count += 1) responses.push(await stagedoor.as('acme-app').delete('/api/v1/cache'));
    expect(responses.map(({ status }) => status)).toEqual([...Array(10).fill(204), 429]);
    const rejected = responses.at(-1);
    expect(rejected?.headers).toMatchObject({
      'retry-after': expect.stringMatching(/^[1-6]$/),
      ratelimit: expect.stringMatching(/^"tenant-burst";r=0;t=\d+$/),
      'ratelimit-policy': '"tenant";q=10;w=60, "tenant-burst";q=10;w=60',
    });
    expect(rejected?.body).toMatchObject({ code: 'rate-limited', retryable: true });
    await stagedoor.as('globex-app').get('/api/v1/me').expect(200);
    await stagedoor.app.close();
    expect((await stagedoor.trail()).filter(({ status }) => status === 429)).toEqual([]);
  });

  it('counts cached reads towards limits as well, and sends the rest', async () => {
    const limited = file.tenants.map((tenant) => ({ ...tenant, limits: { requestsPerMinute: 10 } }));
    await apply(stringify({ ...file, tenants: limited }));
    const responses = [];
    for (let count = 0; count < 11; count += 1) {
      responses.push(await stagedoor.as('acme-app').get(`/api/v1/integrations/hubs/${HUBS.acme}/Direct`));
    }
    expect(responses.map(({ status }) => status)).toEqual([...Array(10).fill(200), 429]);
    expect(responses.at(5)?.headers).toMatchObject({
      'cache-status': expect.stringContaining('hit'),
      ratelimit: expect.stringMatching(/^"tenant-burst";r=4;t=\d+$/),
    });
  });

  it('enables passthrough, which sends Hubster the caller’s portal token, and no other', async () => {
    await apply(stringify({ ...file, passthrough: true }));
    const token = await stagedoor.portalToken();
    const list = (bearer: string) =>
      stagedoor.as().get('/api/v1/integrations').set('authorization', `Bearer ${bearer}`);
    const own = await list(token);
    expect([own.status, own.headers['ratelimit-policy']]).toEqual([
      200,
      '"tenant";q=600;w=60, "tenant-burst";q=60;w=6',
    ]);
    expect((await me(token)).body).toMatchObject({
      caller: 'passthrough',
      scopes: ['integrations:read', 'integrations:write'],
    });
    expect((await list('somebodys-token')).body.code).toBe('unauthenticated');
    const called = (await stagedoor.hubsterCalls()).length;
    await me('sd_wrong').expect(401);
    await me(await issuer.token({ claims: { aud: 'another' } })).expect(401);
    await stagedoor.as().get('/api/v1/me').set('x-api-key', token).expect(401);
    await me(token).set('x-tenant-id', 'globex').expect(403);
    expect(await stagedoor.hubsterCalls()).toHaveLength(called);
  });
});
