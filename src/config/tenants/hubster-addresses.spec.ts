import { runToEnd } from '../../clock/slices';
import { ConfigError } from '../config';
import { readConfig } from '../environment/read-config';
import { parseTenantsFile } from './parse-tenants-file';
import { packTenants, unpackTenants } from './tenants-message';

const DEMO = 'https://demo.hubster.example';
const SERVICE = {
  HUBSTER_PORTAL_URL: 'https://portal.example.com',
  HUBSTER_IDENTITY_URL: 'https://identity.example.com',
  TENANTS_FILE: '/etc/tenants.yaml',
  SECRET_KEY: 'k'.repeat(32),
};

function parse(addresses: string) {
  const tenant = `{ id: acme, hubster: { clientId: c, clientSecret: { env: ACME }${addresses} } }`;
  const env = { ACME: 'the secret of acme' };
  const options = { env, readFile: () => '', scopes: [], hubsterOrigins: [DEMO, 'http://127.0.0.1:9'] };
  return parseTenantsFile(`passthrough: true\ntenants:\n  - ${tenant}\n`, options);
}

function violations(run: () => unknown): readonly string[] {
  try {
    run();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
}

describe('Hubster’s addresses of a tenant [S-810]', () => {
  it('are those of the environment where the file has none', () => {
    expect(parse('').tenants[0]?.hubster).not.toHaveProperty('addresses');
  });

  it.each([
    [`${DEMO}/portal`, `${DEMO}/identity/`],
    ['HTTPS://DEMO.hubster.example:443/portal/', 'https://demo.hubster.example/identity'],
  ])('are read, and end with a slash: %s', (portal, identity) => {
    const config = parse(`, portalUrl: "${portal}", identityUrl: "${identity}"`);
    const addresses = { portalUrl: new URL(`${DEMO}/portal/`), identityUrl: new URL(`${DEMO}/identity/`) };
    expect(config.tenants[0]?.hubster.addresses).toEqual(addresses);
    expect(runToEnd(unpackTenants(structuredClone(packTenants(config))))).toEqual(config);
    expect(packTenants(config).digest).not.toBe(packTenants(parse('')).digest);
  });

  it.each([
    ['another host', 'https://demo.hubster.example.evil.example/'],
    ['another port', `${DEMO}:8443/`],
    ['another scheme', 'http://demo.hubster.example/'],
    ['another loopback port', 'http://127.0.0.1:10/'],
    ['user-info', 'https://demo.hubster.example@evil.example/'],
    ['user-info at the right host', 'https://a:b@demo.hubster.example/'],
    ['a backslash', 'https://demo.hubster.example\\\\@evil.example/'],
    ['a query', `${DEMO}/?a=b`],
    ['a fragment', `${DEMO}/#a`],
    ['no URL', 'demo'],
    ['space around it', ` ${DEMO}/`],
  ])('are rejected with %s, without the value', (_what, portal) => {
    const found = violations(() => parse(`, portalUrl: "${portal}", identityUrl: "${DEMO}"`));
    expect(found).toEqual([
      'tenants[0].hubster.portalUrl (line 3): expected a URL without user-info, query and fragment whose origin is one of HUBSTER_ALLOWED_ORIGINS',
    ]);
  });

  it.each([
    ['portalUrl', 'identityUrl'],
    ['identityUrl', 'portalUrl'],
  ])('come together: %s requires %s, as no token may go from one service to another', (one, other) => {
    expect(violations(() => parse(`, ${one}: "${DEMO}"`))).toEqual([
      `tenants[0].hubster.${other} (line 3): expected a URL without user-info, query and fragment whose origin is one of HUBSTER_ALLOWED_ORIGINS`,
    ]);
  });

  it('are allowed by a variable that has the rules of the other addresses', () => {
    const read = (origins: string, more = {}) =>
      readConfig({ ...SERVICE, HUBSTER_ALLOWED_ORIGINS: origins, ...more }, { isTerminal: false });
    expect(read(`${DEMO}, http://127.0.0.1:9`).tenants).toMatchObject({
      hubsterOrigins: [DEMO, 'http://127.0.0.1:9'],
    });
    expect(read('http://demo.example', { DANGEROUSLY_ALLOW_HTTP: 'true' }).tenants).toMatchObject({
      hubsterOrigins: ['http://demo.example'],
    });
    expect(violations(() => read('http://demo.example'))).toEqual([
      'HUBSTER_ALLOWED_ORIGINS: expected https, as the host is not loopback (or DANGEROUSLY_ALLOW_HTTP=true)',
    ]);
    expect(violations(() => read(`${DEMO}/path`))).toHaveLength(1);
  });
});
