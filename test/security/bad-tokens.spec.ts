import { createPublicKey } from 'node:crypto';
import { exportJWK, generateKeyPair, UnsecuredJWT } from 'jose';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';
import { startTokenIssuer, type TokenChanges, type TokenIssuer } from '../support/token-issuer';

const PATH = `/api/v1/integrations/hubs/${HUBS.acme}/Direct`;
const HOUR = 3600;

describe('bearer tokens of an issuer [S-757]', () => {
  let issuer: TokenIssuer;
  let stagedoor: Stagedoor;

  beforeAll(async () => {
    issuer = await startTokenIssuer();
    stagedoor = await startStagedoor({
      tenantsFile: {
        issuers: [
          {
            issuer: issuer.url,
            audience: 'stagedoor',
            jwksUri: issuer.jwksUri,
            tenants: ['acme'],
            scopes: ['integrations:read', 'cache:purge'],
          },
        ],
      },
    });
  });
  afterAll(async () => {
    await stagedoor.close();
    await issuer.close();
  });

  const send = (token: string, path = PATH) =>
    stagedoor.as().get(path).set('authorization', `Bearer ${token}`).set('x-request-id', 'token-test');

  it('accepts a valid token as issuer#sub, for its tenant, with the scopes that its issuer may grant', async () => {
    const token = await issuer.token({ claims: { scope: 'integrations:read integrations:write' } });
    const { body } = await send(token, '/api/v1/me').expect(200);
    const alice = { caller: `${issuer.url}#alice`, tenant: 'acme', tenants: ['acme'], allTenants: false };
    expect(body).toEqual({ ...alice, scopes: ['integrations:read'] });
    const purge = stagedoor.as().delete('/api/v1/cache').set('authorization', `Bearer ${token}`);
    expect((await purge.expect(403)).body.detail).toContain('cache:purge');
    await send(token).set('x-tenant-id', 'globex').expect(403);
  });

  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('accepts %s', async (algorithm) => {
    const single = await startTokenIssuer();
    await single.rotate({ algorithm });
    const issuers = [{ issuer: single.url, audience: 'stagedoor', jwksUri: single.jwksUri, tenants: ['acme'] }];
    const service = await startStagedoor({ tenantsFile: { issuers }, sandbox: stagedoor.sandbox });
    const bearer = `Bearer ${await single.token()}`;
    await service.as().get('/api/v1/me').set('authorization', bearer).expect(200);
    await service.close();
    await single.close();
  });

  const seconds = () => Math.floor(Date.now() / 1000);
  const changed = (changes: () => TokenChanges) => () => issuer.token(changes());
  const claims = (values: () => Record<string, unknown>) => changed(() => ({ claims: values() }));
  const header = (values: () => Record<string, unknown>) => changed(() => ({ header: values() }));
  const segments = async () => {
    const [head = '', body = '', signature = ''] = (await issuer.token()).split('.');
    return { head, body, signature };
  };
  const unsigned = async (head: object) =>
    `${Buffer.from(JSON.stringify(head)).toString('base64url')}.${(await segments()).body}.`;

  const BAD: readonly (readonly [string, () => Promise<string>])[] = [
    ['alg none', async () => new UnsecuredJWT({ iss: issuer.url, tenant: 'acme' }).encode()],
    ['alg none with all claims', () => unsigned({ alg: 'none' })],
    ['alg NONE', () => unsigned({ alg: 'NONE' })],
    ['no alg', () => unsigned({ typ: 'JWT' })],
    ['HS256 signed with the public key as PEM', () => hmac(publicPem())],
    ['HS256 signed with the public key as JSON', () => hmac(JSON.stringify(issuer.publicJwk))],
    ['HS256 signed with the x of the public key', () => hmac(`${issuer.publicJwk.x}`.padEnd(32, '0'))],
    ['HS256 with an empty-looking secret', () => hmac('\0'.repeat(32))],
    ['ES384', async () => issuer.token({ header: { alg: 'ES384' }, key: (await generateKeyPair('ES384')).privateKey })],
    ['RS512', async () => issuer.token({ header: { alg: 'RS512' }, key: (await generateKeyPair('RS512')).privateKey })],
    ['a foreign key under a known kid', async () => issuer.token({ key: (await generateKeyPair('ES256')).privateKey })],
    ['another issuer', claims(() => ({ iss: 'https://elsewhere.example/' }))],
    ['the issuer without its slash', claims(() => ({ iss: issuer.url.slice(0, -1) }))],
    ['no issuer', claims(() => ({ iss: undefined }))],
    ['an issuer that is a list', claims(() => ({ iss: [issuer.url] }))],
    ['another audience', claims(() => ({ aud: 'stagedoors' }))],
    ['no audience', claims(() => ({ aud: undefined }))],
    ['an empty list of audiences', claims(() => ({ aud: [] }))],
    ['typ of another kind', header(() => ({ typ: 'logout+jwt' }))],
    ['typ JWE', header(() => ({ typ: 'JWE' }))],
    ['expired beyond the skew', claims(() => ({ exp: seconds() - 31 }))],
    ['expired long ago', claims(() => ({ exp: 0 }))],
    ['without exp', claims(() => ({ exp: undefined }))],
    ['exp as text', claims(() => ({ exp: String(seconds() + HOUR) }))],
    ['not yet valid beyond the skew', claims(() => ({ nbf: seconds() + 60 }))],
    ['a kid that climbs directories', header(() => ({ kid: '../../../../dev/null' }))],
    ['a kid with SQL', header(() => ({ kid: "' UNION SELECT 'key" }))],
    ['an unknown kid', header(() => ({ kid: 'key-99' }))],
    ['a prototype as kid', header(() => ({ kid: '__proto__' }))],
    ['with a jku', header(() => ({ jku: issuer.jwksUri }))],
    ['with an x5u', header(() => ({ x5u: issuer.jwksUri }))],
    ['with a key in jwk', embedded],
    ['an unknown critical header', async () => withHeader({ crit: ['x'], x: 1 })],
    ['unencoded payload', async () => withHeader({ crit: ['b64'], b64: false })],
    ['a tenant its issuer may not assert', claims(() => ({ tenant: 'globex' }))],
    ['a tenant that does not exist', claims(() => ({ tenant: 'nobody' }))],
    ['two tenants', claims(() => ({ tenant: ['acme', 'globex'] }))],
    ['one tenant in a list', claims(() => ({ tenant: ['acme'] }))],
    ['no tenant', claims(() => ({ tenant: undefined }))],
    ['tenant *', claims(() => ({ tenant: '*' }))],
    ['no subject', claims(() => ({ sub: undefined }))],
    ['a subject with a line break', claims(() => ({ sub: 'alice\nadmin' }))],
    ['a changed payload', tampered],
    ['a cut signature', async () => (await issuer.token()).slice(0, -4)],
    ['no signature', async () => (await issuer.token()).replace(/[^.]+$/, '')],
    ['two segments', async () => (await issuer.token()).replace(/\.[^.]+$/, '')],
    ['five segments', async () => `${await issuer.token()}.a.b`],
    ['as long as 16 KiB of headers allow', async () => `${await issuer.token()}${'A'.repeat(15_000)}`],
  ];

  it.each(BAD)('rejects %s with 401, one line in the trail and no call to Hubster', async (_what, make) => {
    const [called, recorded] = [(await stagedoor.hubsterCalls()).length, (await rejections()).length];
    const { status, body, headers } = await send(await make());
    expect([status, body.code, headers['www-authenticate']]).toEqual([
      401,
      'unauthenticated',
      'Bearer realm="stagedoor"',
    ]);
    expect(await stagedoor.hubsterCalls()).toHaveLength(called);
    await until(async () => (await rejections()).length > recorded);
    expect(await rejections()).toHaveLength(recorded + 1);
  });

  it('fetches the keys of the issuer at most twice for all of them', () => {
    expect(BAD.length).toBeGreaterThanOrEqual(40);
    expect(issuer.fetches).toBeLessThanOrEqual(2);
  });

  it('then responds to the address with 429, and still accepts valid callers from it', async () => {
    const responses = [];
    for (let count = 0; count < 62; count += 1) responses.push((await send('nonsense')).status);
    expect(new Set(responses.slice(-2))).toEqual(new Set([429]));
    await send(await issuer.token({ claims: { sub: 'bob' } }), '/api/v1/me').expect(200);
    await stagedoor.as('acme-app').get('/api/v1/me').expect(200);
  });

  async function rejections(): Promise<readonly unknown[]> {
    return (await stagedoor.trail()).filter(({ action }) => action === 'access.refused');
  }

  async function hmac(secret: string): Promise<string> {
    return issuer.token({ header: { alg: 'HS256' }, key: new TextEncoder().encode(secret) });
  }

  function publicPem(): string {
    return createPublicKey({ key: issuer.publicJwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString();
  }

  async function embedded(): Promise<string> {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    return issuer.token({ header: { jwk: await exportJWK(publicKey) }, key: privateKey });
  }

  async function withHeader(extra: object): Promise<string> {
    const { body, signature } = await segments();
    const head = { alg: 'ES256', kid: issuer.publicJwk.kid, ...extra };
    return `${Buffer.from(JSON.stringify(head)).toString('base64url')}.${body}.${signature}`;
  }

  async function tampered(): Promise<string> {
    const { head, body, signature } = await segments();
    const payload: object = JSON.parse(Buffer.from(body, 'base64url').toString());
    const changedBody = JSON.stringify({ ...payload, scope: 'integrations:write' });
    return `${head}.${Buffer.from(changedBody).toString('base64url')}.${signature}`;
  }
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 500 && !(await isSo()); attempt += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
}
