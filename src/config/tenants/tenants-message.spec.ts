import { parseTenantsFile } from './parse-tenants-file';
import { packTenants, unpackTenants } from './tenants-message';

const SCOPES = ['integrations:read', 'integrations:write'] as const;
const TEXT = `
tenants:
  - { id: acme, hubster: { clientId: c, clientSecret: { env: ACME } }, hubs: [3bc1e69f-c520-446f-ab2c-01751fd66a31], limits: { requestsPerMinute: 60 } }
  - { id: globex, hubster: { clientId: d, clientSecret: { env: GLOBEX } } }
callers:
  - { id: app, keyHash: "sha256:${'a'.repeat(64)}", tenants: [acme], scopes: [integrations:read], limits: { requestsPerMinute: 6 } }
  - { id: gateway, keys: [{ hash: "sha256:${'b'.repeat(64)}", expires: 2027-01-01 }], tenants: "*", scopes: [integrations:write] }
issuers:
  - { issuer: https://login.example.com/, audience: stagedoor, jwksUri: https://login.example.com/keys, tenants: "*" }
passthrough: true
`;

describe('a parcel of tenants', () => {
  it('arrives on another thread as it was sent, secrets included', () => {
    const env = { ACME: 'the secret of acme', GLOBEX: 'the secret of globex' };
    const sent = parseTenantsFile(TEXT, { env, readFile: () => '', scopes: SCOPES });
    const arrived = unpackTenants(structuredClone(packTenants(sent)));
    expect(arrived).toEqual(sent);
    expect(arrived.tenants.map(({ hubster }) => hubster.clientSecret.reveal())).toEqual([env.ACME, env.GLOBEX]);
    expect(arrived.issuers.map(({ jwksUri }) => jwksUri)).toEqual([new URL('https://login.example.com/keys')]);
  });
});
