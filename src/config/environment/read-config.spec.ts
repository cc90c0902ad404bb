import { generateKeyPairSync, hash } from 'node:crypto';
import fc from 'fast-check';
import { MASK } from '../../secrets/secret';
import { ConfigError } from '../config';
import { readConfig } from './read-config';
import type { Environment } from './variable-reader';
import { CONFIG_VARIABLES } from './variables';

const SECRET_KEY = 'k'.repeat(32);
const SERVICE: Environment = {
  HUBSTER_PORTAL_URL: 'https://portal.example.com',
  HUBSTER_IDENTITY_URL: 'https://identity.example.com/base',
  TENANTS_FILE: '/etc/tenants.yaml',
  SECRET_KEY,
};
const SINGLE: Environment = {
  ...SERVICE,
  TENANTS_FILE: '',
  HUBSTER_CLIENT_ID: 'client',
  HUBSTER_CLIENT_SECRET: 'client-secret',
  STAGEDOOR_API_KEY: 'a-key-of-the-caller',
};

const TLS: Environment = { ...SERVICE, REDIS_URL: 'rediss://h' };
const PRIVATE_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

describe('readConfig: demo', () => {
  it('is a demo on loopback when nothing is set, empty values included', () => {
    const config = read({ HUBSTER_PORTAL_URL: '', TENANTS_FILE: '', HUBSTER_CLIENT_ID: '' });
    expect(config).toMatchObject({ mode: 'demo', tenants: { kind: 'demo' }, production: false });
    expect(config.http).toEqual({
      ...{ host: '127.0.0.1', port: 3000, corsOrigins: [], docs: true },
      ...{ maxConnections: 4096, shutdownDelayMs: 0, trustedProxies: [], publicUrl: '' },
    });
    expect(config).not.toHaveProperty('hubster');
  });

  it('makes a random secret key at each start, unless one is set', () => {
    const [one, other] = [read({}).secretKey.reveal(), read({}).secretKey.reveal()];
    expect(one).not.toBe(other);
    expect(Buffer.byteLength(one)).toBeGreaterThanOrEqual(32);
    expect(read({ SECRET_KEY }).secretKey.reveal()).toBe(SECRET_KEY);
  });

  it('is rejected in production, where a secret key is required too', () => {
    expect(violationsOf({ NODE_ENV: 'production' })).toEqual(['NODE_ENV', 'SECRET_KEY']);
    expect(violationsOf({ NODE_ENV: 'production', SECRET_KEY })).toEqual(['NODE_ENV']);
  });
});

describe('readConfig: service', () => {
  it('accepts Hubster and a tenants file', () => {
    const config = read(SERVICE);
    expect(config).toMatchObject({ mode: 'service', tenants: { kind: 'file', path: '/etc/tenants.yaml' } });
    expect(config.http.host).toBe('0.0.0.0');
    expect(config.secretKey.reveal()).toBe(SECRET_KEY);
  });

  it('keeps a path prefix of an address', () => {
    const { hubster } = read(SERVICE);
    expect(new URL('connect/token', hubster?.identityUrl).href).toBe('https://identity.example.com/base/connect/token');
    expect(hubster?.portalUrl.href).toBe('https://portal.example.com/');
  });

  it('accepts one tenant without a file, and keeps only the hash of its key', () => {
    const { tenants } = read(SINGLE);
    expect(tenants).toMatchObject({
      kind: 'single',
      clientId: 'client',
      keyHash: hash('sha256', 'a-key-of-the-caller'),
    });
    expect(JSON.stringify(tenants)).not.toContain('a-key-of-the-caller');
  });

  it.each<[string, Environment, string[]]>([
    ['no secret key', { ...SERVICE, SECRET_KEY: '' }, ['SECRET_KEY']],
    ['a secret key of 31 bytes', { ...SERVICE, SECRET_KEY: 'k'.repeat(31) }, ['SECRET_KEY']],
    ['the portal without the identity service', { ...SERVICE, HUBSTER_IDENTITY_URL: '' }, ['HUBSTER_IDENTITY_URL']],
    ['the identity service without the portal', { ...SERVICE, HUBSTER_PORTAL_URL: '' }, ['HUBSTER_PORTAL_URL']],
    ['addresses without tenants', { ...SERVICE, TENANTS_FILE: '' }, ['TENANTS_FILE']],
    ['tenants without addresses', { TENANTS_FILE: 'x', SECRET_KEY }, ['HUBSTER_PORTAL_URL', 'HUBSTER_IDENTITY_URL']],
    ['a file and one tenant', { ...SINGLE, TENANTS_FILE: 'x' }, ['TENANTS_FILE']],
    ['a file and a part of one tenant', { ...SERVICE, HUBSTER_CLIENT_ID: 'client' }, ['TENANTS_FILE']],
    ['one tenant without its id', { ...SINGLE, HUBSTER_CLIENT_ID: '' }, ['HUBSTER_CLIENT_ID']],
    ['one tenant without its secret', { ...SINGLE, HUBSTER_CLIENT_SECRET: '' }, ['HUBSTER_CLIENT_SECRET']],
    ['one tenant without a key', { ...SINGLE, STAGEDOOR_API_KEY: '' }, ['STAGEDOOR_API_KEY']],
    ['a key of 15 characters', { ...SINGLE, STAGEDOOR_API_KEY: 'k'.repeat(15) }, ['STAGEDOOR_API_KEY']],
    ['a key no header can carry', { ...SINGLE, STAGEDOOR_API_KEY: 'a key with spaces' }, ['STAGEDOOR_API_KEY']],
    ['an invalid address, once', { ...SERVICE, HUBSTER_PORTAL_URL: 'portal' }, ['HUBSTER_PORTAL_URL']],
    ['an audit trail in a database that is not set', { ...SERVICE, AUDIT_STORE: 'postgres' }, ['AUDIT_DATABASE_URL']],
    ['an audit trail in Redis', { ...SERVICE, AUDIT_STORE: 'redis', REDIS_URL: 'redis://h' }, ['AUDIT_STORE']],
    ['a Redis for coordination alone', { ...SERVICE, REDIS_COORDINATION_URL: 'redis://h' }, ['REDIS_URL']],
    [
      'a password of Sentinels without Sentinels',
      { ...SERVICE, REDIS_URL: 'redis://h', REDIS_SENTINEL_PASSWORD: 'p' },
      ['REDIS_URL'],
    ],
    ['a key of a client without its certificate', { ...TLS, REDIS_CLIENT_KEY: PRIVATE_KEY }, ['REDIS_CLIENT_CERT']],
    ['two listeners on one port', { PORT: '4000', MANAGEMENT_PORT: '4000' }, ['MANAGEMENT_PORT']],
  ])('rejects %s', (_what, env, names) => {
    expect(violationsOf(env)).toEqual(names);
  });

  it('accepts a key of 16 characters, and two listeners on free ports', () => {
    expect(violationsOf({ ...SINGLE, STAGEDOOR_API_KEY: 'k'.repeat(16) })).toEqual([]);
    expect(violationsOf({ PORT: '0', MANAGEMENT_PORT: '0' })).toEqual([]);
  });
});

describe('readConfig: plain http', () => {
  const insecure = (url: string, more: Environment = {}) =>
    violationsOf({ ...SERVICE, HUBSTER_PORTAL_URL: url, ...more });

  it.each(['http://localhost:3001', 'http://127.0.0.1', 'http://127.9.9.9/x', 'http://[::1]:80', 'http://127.1'])(
    'is allowed to loopback: %s',
    (url) => {
      expect(insecure(url)).toEqual([]);
      expect(insecure(url, { NODE_ENV: 'production' })).toEqual([]);
    },
  );

  it.each([
    'http://portal.example.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://my-localhost',
    'http://10.0.0.1',
  ])('is allowed elsewhere only with DANGEROUSLY_ALLOW_HTTP, and never in production: %s', (url) => {
    expect(insecure(url)).toEqual(['HUBSTER_PORTAL_URL']);
    expect(insecure(url, { DANGEROUSLY_ALLOW_HTTP: 'true' })).toEqual([]);
    expect(insecure(url, { DANGEROUSLY_ALLOW_HTTP: 'false' })).toEqual(['HUBSTER_PORTAL_URL']);
    const production = { DANGEROUSLY_ALLOW_HTTP: 'true', NODE_ENV: 'production' };
    expect(insecure(url, production)).toEqual(['HUBSTER_PORTAL_URL']);
  });

  it.each([
    'https://user:password@h.io',
    'https://@h.io',
    'https://h.io?x=1',
    'https://h.io/?',
    'https://h.io/#a',
    'https://h.io\\@evil.io',
    'ftp://h.io',
    'https://',
    'https:h.io',
    'https://h.io:99999',
    'https://h.io:0',
    ' https://h.io',
  ])('is not an address: %s', (url) => {
    expect(insecure(url)).toEqual(['HUBSTER_PORTAL_URL']);
  });
});

describe('readConfig: NAME_FILE', () => {
  const files: Readonly<Record<string, string>> = { '/key': `${SECRET_KEY}\n`, '/crlf': '4000\r\n', '/empty': '\n' };
  const readFile = (path: string) => {
    const text = files[path];
    if (text === undefined) throw new Error(`ENOENT ${path}`);
    return text;
  };
  const violations = (env: Environment) =>
    errorOf(() => readConfig(env, { readFile }))?.violations.map(({ name }) => name);

  it.each(Object.keys(CONFIG_VARIABLES))('is read for %s, and a missing file is a violation of that name', (name) => {
    const others = name.startsWith('SANDBOX_') ? {} : SERVICE;
    expect(violations({ ...others, [name]: '', [`${name}_FILE`]: '/missing' })).toContain(`${name}_FILE`);
  });

  it('reads the value without the newline at its end', () => {
    const config = readConfig({ SECRET_KEY_FILE: '/key', PORT_FILE: '/crlf' }, { readFile });
    expect(config.secretKey.reveal()).toBe(SECRET_KEY);
    expect(config.http.port).toBe(4000);
  });

  it('is a violation together with NAME, and for an empty file', () => {
    expect(violations({ SECRET_KEY, SECRET_KEY_FILE: '/key' })).toEqual(['SECRET_KEY']);
    expect(violations({ SECRET_KEY_FILE: '/empty' })).toEqual(['SECRET_KEY_FILE']);
  });
});

describe('ConfigError', () => {
  it('lists every violation, a line each, with the expected value', () => {
    const error = errorOf(() => read({ PORT: 'http', LOG_LEVEL: 'loud', SECRET_KEY: 'short' }));
    expect(error?.message.split('\n')).toEqual([
      'PORT: expected a whole number from 0 to 65535',
      'SECRET_KEY: expected at least 32 bytes',
      'LOG_LEVEL: expected trace, debug, info, warn, error, fatal or silent',
    ]);
  });

  it('never shows the value of a variable, secret or not [N1]', () => {
    const value = fc.string({ minLength: 6, maxLength: 40 }).map((text) => `~${text}~`);
    const names = fc.constantFrom(...Object.keys(CONFIG_VARIABLES).flatMap((name) => [name, `${name}_FILE`]));
    const environments = fc.dictionary(names, value, { minKeys: 1, maxKeys: 12 });
    fc.assert(
      fc.property(environments, (env) => {
        const message = errorOf(() => read(env))?.message ?? '';
        for (const shown of Object.values(env)) expect(message).not.toContain(shown);
      }),
    );
  });

  it('has no secret to show: a printed configuration has masks', () => {
    const printed = JSON.stringify(read({ ...SINGLE, REDIS_URL: 'redis://:hunter2@h' }));
    for (const value of [SECRET_KEY, 'client-secret', 'hunter2', 'a-key-of-the-caller']) {
      expect(printed).not.toContain(value);
    }
    expect(printed).toContain(MASK);
  });
});

function read(env: Environment) {
  return readConfig(env, { isTerminal: false });
}

function violationsOf(env: Environment): string[] {
  return errorOf(() => read(env))?.violations.map(({ name }) => name) ?? [];
}

function errorOf(work: () => unknown): ConfigError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}
