import { Secret } from '../../secrets/secret';
import { portalTokenFormat } from './portal-tokens';

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: unknown, header: unknown = { alg: 'RS256' }) => `${part(header)}.${part(claims)}.c2ln`;

describe('portalTokenFormat: the tokens that may be sent to Hubster (faults 1.10)', () => {
  const isAccepted = (token: string) => portalTokenFormat(new URL('https://identity.hubster.io'))(Secret.of(token));

  it.each([
    ['an opaque token', '5F2CE63D2E6C4A8B9A1C'],
    ['one of all characters of RFC 6750', 'aZ09-._~+/=='],
    ['one with dots', 'abc.def.ghi'],
    ['a JWT of Hubster', jwt({ iss: 'https://identity.hubster.io' })],
    ['one spelt with a slash', jwt({ iss: 'https://identity.hubster.io/' })],
    ['one of 8,192 characters', 'a'.repeat(8192)],
  ])('accepts %s', (_, token) => {
    expect(isAccepted(token)).toBe(true);
  });

  it.each([
    ['a JWT of another issuer', jwt({ iss: 'https://login.example.com' })],
    ['one whose issuer begins alike', jwt({ iss: 'https://identity.hubster.io.example.com' })],
    ['one in another case', jwt({ iss: 'https://IDENTITY.hubster.io' })],
    ['one with several issuers', jwt({ iss: ['https://identity.hubster.io'] })],
    ['one without an issuer', jwt({})],
    ['one whose claims cannot be read', `${part({ alg: 'RS256' })}.!.c2ln`],
    ['a header alone', `${part({ alg: 'none' })}.`],
    ['an encrypted token', `${part({ alg: 'dir', enc: 'A256GCM' })}..a.b.c`],
    ['an API key of ours', 'sd_abc'],
    ['what is no token', 'a{b}'],
    ['one of 8,193 characters', 'a'.repeat(8193)],
  ])('rejects %s', (_, token) => {
    expect(isAccepted(token)).toBe(false);
  });

  it('includes the path of the identity service in the issuer', () => {
    const isAcceptedThere = portalTokenFormat(new URL('https://hubster.example.com/identity/'));
    expect(isAcceptedThere(Secret.of(jwt({ iss: 'https://hubster.example.com/identity' })))).toBe(true);
    expect(isAcceptedThere(Secret.of(jwt({ iss: 'https://hubster.example.com' })))).toBe(false);
  });
});
