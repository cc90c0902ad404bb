import { Secret } from '../../secrets/secret';
import { ConfigError } from '../config';
import { demoTenants } from './demo-tenants';
import { loadTenants } from './load-tenants';

const scopes = ['read', 'write'] as const;
const readFile = (path: string): string => {
  if (path !== '/tenants.yaml') throw new Error(`ENOENT ${path}`);
  return 'passthrough: true';
};

describe('loadTenants', () => {
  it('reads the file', () => {
    const tenants = loadTenants(
      { kind: 'file', path: '/tenants.yaml', hubsterOrigins: [] },
      { env: {}, readFile, scopes },
    );
    expect(tenants.passthrough).toBe(true);
  });

  it('reports an unreadable file without its path', () => {
    const load = () => loadTenants({ kind: 'file', path: '/none', hubsterOrigins: [] }, { env: {}, readFile, scopes });
    expect(load).toThrow(
      new ConfigError([{ name: 'TENANTS_FILE', expected: 'the path of a file: readable, UTF-8, of at most 16 MiB' }]),
    );
  });

  it('makes one tenant and one caller with all scopes without a file', () => {
    const clientSecret = Secret.of('client-secret');
    const source = { kind: 'single', clientId: 'client', clientSecret, keyHash: 'ab' } as const;
    expect(loadTenants(source, { env: {}, readFile, scopes })).toEqual({
      tenants: [{ id: 'default', hubster: { clientId: 'client', clientSecret } }],
      callers: [{ id: 'default', keys: [{ hash: 'ab' }], tenants: new Set(['default']), scopes: new Set(scopes) }],
      issuers: [],
      passthrough: false,
    });
  });
});

describe('demoTenants', () => {
  const sandbox = ['acme', 'globex'].map((name) => ({
    name,
    clientId: `client-${name}`,
    clientSecret: `secret-${name}`,
  }));
  const keyOf = (caller: string) => ({ key: Secret.of(`sd_${caller}`), hash: `hash of ${caller}` });
  const { config, keys } = demoTenants(sandbox, keyOf, { all: scopes, read: ['read'] });
  const [all, read] = [new Set(scopes), new Set(['read'])];
  const keysOf = (caller: string) => [{ hash: `hash of ${caller}` }];

  it('has the tenants of the sandbox, with their credentials', () => {
    expect(config.tenants.map(({ id, hubster }) => [id, hubster.clientId, hubster.clientSecret.reveal()])).toEqual([
      ['acme', 'client-acme', 'secret-acme'],
      ['globex', 'client-globex', 'secret-globex'],
    ]);
  });

  it('has a caller with all scopes for each tenant and one for all of them, and one that reads and is limited', () => {
    expect(config.callers).toEqual([
      { id: 'acme-app', keys: keysOf('acme-app'), tenants: new Set(['acme']), scopes: all },
      { id: 'globex-app', keys: keysOf('globex-app'), tenants: new Set(['globex']), scopes: all },
      { id: 'gateway', keys: keysOf('gateway'), tenants: new Set(['acme', 'globex']), scopes: all },
      {
        id: 'acme-reader',
        keys: keysOf('acme-reader'),
        tenants: new Set(['acme']),
        scopes: read,
        limits: { requestsPerMinute: 6 },
      },
    ]);
  });

  it('shows the key of each caller, and what it may do', () => {
    expect(keys.map(({ caller, role, tenants, key }) => [caller, role, tenants.join(), key.reveal()])).toEqual([
      ['acme-app', 'acme: all scopes', 'acme', 'sd_acme-app'],
      ['globex-app', 'globex: all scopes', 'globex', 'sd_globex-app'],
      ['gateway', 'gateway: acme and globex', 'acme,globex', 'sd_gateway'],
      ['acme-reader', 'acme: reads only', 'acme', 'sd_acme-reader'],
    ]);
  });
});
