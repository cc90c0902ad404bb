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
    const tenants = loadTenants({ kind: 'file', path: '/tenants.yaml' }, { env: {}, readFile, scopes });
    expect(tenants.passthrough).toBe(true);
  });

  it('reports an unreadable file without its path', () => {
    const load = () => loadTenants({ kind: 'file', path: '/none' }, { env: {}, readFile, scopes });
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
  let made = 0;
  const makeKey = () => {
    made += 1;
    return { key: Secret.of(`sd_${made}`), hash: `hash-${made}` };
  };

  it('gives each tenant of the sandbox a caller with a key and all scopes', () => {
    const { config, keys } = demoTenants(sandbox, makeKey, scopes);
    expect(keys.map(({ tenants, caller, key }) => [tenants, caller, key.reveal()])).toEqual([
      [['acme'], 'acme-app', 'sd_1'],
      [['globex'], 'globex-app', 'sd_2'],
    ]);
    expect(config.tenants.map(({ hubster }) => hubster.clientSecret.reveal())).toEqual([
      'secret-acme',
      'secret-globex',
    ]);
    expect(config.callers).toEqual([
      { id: 'acme-app', keys: [{ hash: 'hash-1' }], tenants: new Set(['acme']), scopes: new Set(scopes) },
      { id: 'globex-app', keys: [{ hash: 'hash-2' }], tenants: new Set(['globex']), scopes: new Set(scopes) },
    ]);
  });
});
