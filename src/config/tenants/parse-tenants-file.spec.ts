import { ConfigError } from '../config';
import { parseTenantsFile } from './parse-tenants-file';

const HASH = 'a1'.repeat(32);
const OTHER = 'b2'.repeat(32);
const SCOPES = [
  'integrations:read',
  'integrations:write',
  'webhooks:verify',
  'secrets:compare',
  'audit:read',
  'cache:purge',
] as const;

const GOOD = `
tenants:
  - id: acme
    hubster:
      clientId: client-acme
      clientSecret: { env: ACME_SECRET }
    hubs: ["3BC1E69F-c520-446f-ab2c-01751fd66a31"]
    limits: { requestsPerMinute: 6000 }
  - id: globex
    hubster: { clientId: client-globex, clientSecret: { file: /run/secrets/globex } }
callers:
  - id: billing
    keyHash: sha256:${HASH.toUpperCase()}
    tenants: [acme]
    scopes: [integrations:read, integrations:write]
  - id: gateway
    keys: [{ hash: "sha256:${OTHER}", expires: 2027-01-01 }, { hash: "sha256:${'c3'.repeat(32)}" }]
    tenants: "*"
    scopes: [integrations:read]
`;

describe('parseTenantsFile', () => {
  it('reads tenants, their secrets from the environment and from files [S-016, S-759]', () => {
    const [acme, globex] = parse(GOOD).tenants;
    expect(acme?.hubster.clientSecret.reveal()).toBe('acme-secret');
    expect(acme?.hubs).toEqual(new Set(['3bc1e69f-c520-446f-ab2c-01751fd66a31']));
    expect(acme?.limits).toEqual({ requestsPerMinute: 6000 });
    expect(globex?.hubster.clientSecret.reveal()).toBe('globex-secret');
    expect(globex).not.toHaveProperty('hubs');
  });

  it('reads callers with one key and with several', () => {
    expect(parse(GOOD).callers).toEqual([
      { id: 'billing', keys: [{ hash: HASH }], tenants: new Set(['acme']), scopes: new Set(SCOPES.slice(0, 2)) },
      {
        id: 'gateway',
        keys: [{ hash: OTHER, expiresAt: Date.UTC(2027, 0, 1) }, { hash: 'c3'.repeat(32) }],
        tenants: '*',
        scopes: new Set(['integrations:read']),
      },
    ]);
  });

  it('has no issuers and no passthrough by default', () => {
    expect(parse(GOOD)).toMatchObject({ issuers: [], passthrough: false });
    expect(parse(`${GOOD}passthrough: true`).passthrough).toBe(true);
  });

  it('requires tenants and callers, unless passthrough is on', () => {
    expect(violationsOf('passthrough: true')).toEqual([]);
    expect(violationsOf('passthrough: false')).toEqual([
      'callers (line 1): expected a list of one or more callers',
      'tenants (line 1): expected a list of one or more tenants',
    ]);
  });

  it.each([
    ['2027-01-01', Date.UTC(2027, 0, 1)],
    ['2027-01-01T12:00:00Z', Date.UTC(2027, 0, 1, 12)],
    ['2027-01-01T12:00:00.5+02:00', Date.UTC(2027, 0, 1, 10, 0, 0, 500)],
    ['2001-01-01', Date.UTC(2001, 0, 1)],
  ])('reads a key that expires %s', (expires, at) => {
    expect(parse(GOOD.replace('2027-01-01', expires)).callers[1]?.keys[0]?.expiresAt).toBe(at);
  });

  it.each(['2027-02-30', '2027-1-1', '2027', 'tomorrow', '2027-01-01T12:00:00', '2027-01-01T25:00:00Z', ''])(
    'rejects a key that expires %j',
    (expires) => {
      expect(violationsOf(GOOD.replace('2027-01-01', expires))).toEqual([
        'callers[1].keys[0].expires (line 17): expected a date such as 2027-01-01 (UTC), or an RFC 3339 instant',
      ]);
    },
  );
});

function parse(text: string) {
  return parseTenantsFile(text, {
    env: { ACME_SECRET: 'acme-secret', EMPTY: '' },
    readFile: (path) => {
      if (path !== '/run/secrets/globex') throw new Error(`ENOENT ${path}`);
      return 'globex-secret\n';
    },
    scopes: SCOPES,
  });
}

function violationsOf(text: string): string[] {
  try {
    parse(text);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
}
