import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose';
import { ManualClock } from '../../../test/support/manual-clock';
import { networkSettings } from '../../../test/support/network-settings';
import { portOf } from '../../../test/support/ports';
import { createLogger } from '../../observability/log/logger';
import { Metrics } from '../../observability/metrics';
import { Secret } from '../../secrets/secret';
import { TokenVerifier } from './token-verifier';

const ISSUER = {
  issuer: 'https://login.example.com/',
  audience: 'stagedoor',
  jwksUri: new URL('http://127.0.0.1/keys'),
  tenantClaim: 'tenant',
  scopeClaim: 'scope',
};
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let clock: ManualClock;
let published: JSONWebKeySet | undefined;
let fetches: number;
let metrics: Metrics;
let verifier: TokenVerifier;

beforeEach(() => {
  clock = new ManualClock();
  published = { keys: [] };
  fetches = 0;
  metrics = new Metrics();
  verifier = new TokenVerifier(clock, createLogger({ level: 'silent', format: 'json' }), metrics, {
    network: networkSettings(),
  });
});
afterEach(() => verifier.onApplicationShutdown());

const server = createServer((_request, response) => {
  fetches += 1;
  if (published) response.setHeader('content-type', 'application/json').end(JSON.stringify(published));
  else response.destroy();
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ISSUER.jwksUri.port = String(portOf(server));
});
afterAll(() => server.close());

async function publishKey(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  published = { keys: [...(published?.keys ?? []), { ...(await exportJWK(publicKey)), kid }] };
  return async (claims: object = {}, typ?: string) => {
    const now = Math.floor(clock.now() / 1000);
    const payload = { iss: ISSUER.issuer, aud: 'stagedoor', sub: 'alice', tenant: 'acme', exp: now + 600, ...claims };
    const header = { alg: 'ES256', kid, ...(typ !== undefined && { typ }) };
    return Secret.of(await new SignJWT(payload).setProtectedHeader(header).sign(privateKey));
  };
}

const isValid = async (token: Secret) => (await verifier.verify(token, ISSUER)) !== undefined;

describe('TokenVerifier [S-757]', () => {
  it('reads subject, tenant and scopes, as words or as a list', async () => {
    const sign = await publishKey('one');
    const { subject, tenant, scopes } = (await verifier.verify(await sign({ scope: 'a b' }), ISSUER)) ?? {};
    expect([subject, tenant, scopes]).toEqual(['alice', 'acme', new Set(['a', 'b'])]);
    const listed = await verifier.verify(await sign({ scope: ['a', 1, 'b'] }), ISSUER);
    expect(listed?.scopes).toEqual(new Set(['a', 'b']));
  });

  it('remembers a token for five minutes at the most, and not after it expires', async () => {
    const sign = await publishKey('one');
    const now = clock.now();
    expect((await verifier.verify(await sign(), ISSUER))?.rememberUntil).toBe(now + 5 * MINUTE);
    expect((await verifier.verify(await sign({ exp: now / 1000 + 60 }), ISSUER))?.rememberUntil).toBe(now + MINUTE);
  });

  it('accepts clocks that differ by less than 30 s, and no more', async () => {
    const sign = await publishKey('one');
    const now = clock.now() / 1000;
    expect(await isValid(await sign({ exp: now - 29 }))).toBe(true);
    expect(await isValid(await sign({ exp: now - 30 }))).toBe(false);
    expect(await isValid(await sign({ nbf: now + 30 }))).toBe(true);
    expect(await isValid(await sign({ nbf: now + 31 }))).toBe(false);
  });

  it.each([undefined, 'JWT', 'jwt', 'at+jwt', 'AT+JWT'])('accepts typ %s', async (typ) => {
    const sign = await publishKey('one');
    expect(await isValid(await sign({}, typ))).toBe(true);
  });
});

describe('the keys of an issuer', () => {
  it('are fetched once for concurrent requests', async () => {
    const sign = await publishKey('one');
    const tokens = await Promise.all([sign(), sign(), sign()]);
    expect(await Promise.all(tokens.map(isValid))).toEqual([true, true, true]);
    expect(fetches).toBe(1);
  });

  it('are reported once when a fetch fails for concurrent requests', async () => {
    const sign = await publishKey('one');
    const tokens = await Promise.all([sign(), sign(), sign()]);
    published = undefined;
    const report = jest.spyOn(metrics.transportErrors, 'inc');
    expect(await Promise.all(tokens.map(isValid))).toEqual([false, false, false]);
    expect([fetches, report.mock.calls.length]).toEqual([1, 1]);
  });

  it('rotate: a new key is found, with at most one fetch in 30 s', async () => {
    await isValid(await (await publishKey('one'))());
    const sign = await publishKey('two');
    expect(await isValid(await sign())).toBe(false);
    expect(fetches).toBe(1);
    await clock.advance(30_000);
    expect(await isValid(await sign())).toBe(true);
    const forged = await generateKeyPair('ES256');
    for (let count = 0; count < 10; count += 1) {
      const token = new SignJWT({ iss: ISSUER.issuer }).setProtectedHeader({ alg: 'ES256', kid: `made-up-${count}` });
      expect(await isValid(Secret.of(await token.sign(forged.privateKey)))).toBe(false);
    }
    expect(fetches).toBe(2);
  });

  it('last 24 h while they cannot be renewed, and no longer', async () => {
    const sign = await publishKey('one');
    await isValid(await sign());
    published = undefined;
    await clock.advance(24 * HOUR);
    expect(await isValid(await sign())).toBe(true);
    await clock.advance(1);
    expect(await isValid(await sign())).toBe(false);
    await publishKey('two');
    const back = await publishKey('three');
    await clock.advance(30_000);
    expect(await isValid(await back())).toBe(true);
  });

  it('are rejected a quarter of an hour after they were withdrawn', async () => {
    const sign = await publishKey('one');
    await isValid(await sign());
    published = { keys: [] };
    await clock.advance(15 * MINUTE + 1);
    expect(await isValid(await sign())).toBe(false);
  });

  it('are renewed in the background while they are still usable', async () => {
    const sign = await publishKey('one');
    await isValid(await sign());
    await clock.advance(5 * MINUTE + 1);
    expect(await isValid(await sign())).toBe(true);
    while (fetches < 2) await new Promise((resolve) => setImmediate(resolve));
  });

  it('are ignored when malformed', async () => {
    const sign = await publishKey('one');
    await isValid(await sign());
    published = JSON.parse('{"keys":[[]]}');
    await clock.advance(5 * MINUTE + 1);
    expect(await isValid(await sign())).toBe(true);
  });
});
