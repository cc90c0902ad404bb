import { runToEnd } from '../../clock/slices';
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

const ENV = { ACME: 'the secret of acme', GLOBEX: 'the secret of globex' };
const parse = (text: string, env = ENV) => parseTenantsFile(text, { env, readFile: () => '', scopes: SCOPES });

describe('a message of tenants', () => {
  it('arrives on another thread as it was sent, secrets included', () => {
    const env = ENV;
    const sent = parse(TEXT);
    const arrived = runToEnd(unpackTenants(structuredClone(packTenants(sent))));
    expect(arrived).toEqual(sent);
    expect(arrived.tenants.map(({ hubster }) => hubster.clientSecret.reveal())).toEqual([env.ACME, env.GLOBEX]);
    expect(arrived.issuers.map(({ jwksUri }) => jwksUri)).toEqual([new URL('https://login.example.com/keys')]);
  });

  it('is unpacked in steps', () => {
    const tenants = Array.from({ length: 1000 }, (_, tenant) => {
      return `  - { id: t${tenant}, hubster: { clientId: c, clientSecret: { env: ACME } } }`;
    });
    const sent = parse(['passthrough: true', 'tenants:', ...tenants].join('\n'));
    const steps = unpackTenants(packTenants(sent));
    for (let step = 0; step < 10; step += 1) expect(steps.next().done).toBe(false);
    expect(runToEnd(steps)).toEqual(sent);
  });

  it('has the digest of its tenants, secrets included, and not of their spelling', () => {
    const digestOf = (text: string, env = ENV) => packTenants(parse(text, env)).digest;
    expect(digestOf(`# A comment.\n${TEXT}`)).toBe(digestOf(TEXT));
    expect(digestOf(TEXT, { ...ENV, ACME: 'another secret' })).not.toBe(digestOf(TEXT));
    expect(digestOf(TEXT.replace('requestsPerMinute: 60', 'requestsPerMinute: 61'))).not.toBe(digestOf(TEXT));
    expect(digestOf(TEXT.replace('passthrough: true', 'passthrough: false'))).not.toBe(digestOf(TEXT));
  });
});
