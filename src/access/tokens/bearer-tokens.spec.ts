import { ManualClock } from '../../../test/support/manual-clock';
import type { IssuerConfig } from '../../config/tenants/tenants-config';
import { SCOPES, type Scope } from '../../context/caller';
import { Problem } from '../../problems/problem';
import { NoRedis } from '../../redis/redis';
import { Secret } from '../../secrets/secret';
import { SecretKeys } from '../../secrets/secret-keys';
import { keyHash } from '../api-key';
import { Directory } from '../directory';
import { BearerTokens } from './bearer-tokens';
import { PortalTokens } from './portal-tokens';
import type { TokenClaims } from './token-verifier';

const ISSUER: IssuerConfig<Scope> = {
  issuer: 'https://login.example.com/',
  audience: 'stagedoor',
  jwksUri: new URL('https://login.example.com/keys'),
  tenantClaim: 'tenant',
  scopeClaim: 'scope',
  tenants: '*',
  scopes: new Set(SCOPES),
};
const HUBSTER = { clientId: 'c', clientSecret: Secret.of('s') };

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenOf = (sub: string) => `${part({ alg: 'ES256' })}.${part({ iss: ISSUER.issuer, sub })}.c2ln`;

function setup() {
  const clock = new ManualClock();
  const keys = new SecretKeys(Secret.of('a key of at least thirty-two bytes'));
  const directory = new Directory(
    {
      tenants: [{ id: 'acme', hubster: HUBSTER }],
      callers: [],
      issuers: [ISSUER],
      passthrough: false,
    },
    keys,
  );
  const checked = { count: 0, good: new Set<string>() };
  const verifier = {
    verify: async (token: Secret): Promise<TokenClaims | undefined> => {
      checked.count += 1;
      const claims = { subject: 'alice', tenant: 'acme', scopes: new Set<string>(), rememberUntil: clock.now() };
      return checked.good.has(token.reveal()) ? claims : undefined;
    },
  };
  const portalTokens = new PortalTokens(directory, { isAccepted: async () => false }, keys, clock, new NoRedis());
  const bearerTokens = new BearerTokens(
    directory,
    verifier,
    portalTokens,
    new URL('https://identity.example.com'),
    clock,
    new NoRedis(),
  );
  const identify = (token: string, address = '10.0.0.1') =>
    bearerTokens.identify(Secret.of(token), keyHash(token), { address, requestId: 'r1' }).then(
      ({ caller }) => caller.id,
      (error: unknown) => (error instanceof Problem ? error.code : error),
    );
  return { clock, checked, identify };
}

describe('BearerTokens', () => {
  it('checks 60 bad signatures at once for an address and ten a second, and rejects the rest unchecked', async () => {
    const { clock, checked, identify } = setup();
    const codes = await Promise.all(Array.from({ length: 4000 }, (_, one) => identify(tokenOf(`invalid ${one}`))));
    expect(checked.count).toBe(60);
    expect(codes.filter((code) => code === 'rate-limited')).toHaveLength(3940);
    await clock.advance(1000);
    await Promise.all(Array.from({ length: 4000 }, (_, one) => identify(tokenOf(`invalid ${one}`))));
    expect(checked.count).toBe(70);
  });

  it('does not count good tokens, and rejects none that was good before, despite bad ones from its address', async () => {
    const { checked, identify } = setup();
    for (let one = 0; one < 200; one += 1) {
      checked.good.add(tokenOf(`user ${one}`));
      expect(await identify(tokenOf(`user ${one}`))).toBe(`${ISSUER.issuer}#alice`);
    }
    for (let one = 0; one < 100; one += 1) await identify(tokenOf(`invalid ${one}`));
    expect(await identify(tokenOf('another invalid'))).toBe('rate-limited');
    expect(await identify(tokenOf('user 7'))).toBe(`${ISSUER.issuer}#alice`);
    expect(await identify(tokenOf('invalid elsewhere'), '10.0.0.2')).toBe('unauthenticated');
  });
});
