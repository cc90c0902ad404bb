import { ConfigError } from '../config';
import { readConfig } from './read-config';
import type { Environment } from './variable-reader';

const SERVICE: Environment = {
  HUBSTER_PORTAL_URL: 'https://portal.example.com',
  HUBSTER_IDENTITY_URL: 'https://identity.example.com/base',
  TENANTS_FILE: '/etc/tenants.yaml',
  SECRET_KEY: 'k'.repeat(32),
};

describe('readConfig: values', () => {
  it('converts durations to milliseconds and sizes to bytes', () => {
    const config = read({ READ_DEADLINE: '500ms', WRITE_DEADLINE: '5m', AUDIT_RETENTION: '2d', CACHE_FRESH: '0s' });
    expect(config.deadlines).toEqual({ readMs: 500, listMs: 10_000, writeMs: 300_000 });
    expect(config.audit.retentionMs).toBe(2 * 24 * 60 * 60 * 1000);
    expect(config.cache).toEqual({
      freshMs: 0,
      listFreshMs: 15_000,
      staleMs: 30_000,
      errorStaleMs: 300_000,
      memoryBytes: 64 * 1024 * 1024,
    });
  });

  it.each<[string, string[], string[]]>([
    ['PORT', ['0', '65535'], ['65536', '-1', '80.5', '0x50', '1e3', 'http']],
    ['READ_DEADLINE', ['100ms', '5m', '300s'], ['99ms', '301s', '6m', '10', '1.5s', '5 s', '-5s', 's', '5w']],
    ['CACHE_MEMORY_MB', ['1', '65536'], ['0', '65537', '64MB']],
    ['LOG_SAMPLE', ['0', '0.01', '1'], ['1.1', '-0.1', '.5', 'NaN', '1e-3']],
    ['LOG_LEVEL', ['debug'], ['verbose', 'INFO']],
    ['DOCS', ['on', 'off', 'true', 'false'], ['yes', '1']],
    [
      'CORS_ORIGINS',
      ['https://a.io', 'https://a.io, http://localhost:8080'],
      ['*', 'https://a.io/', 'a.io', 'https://a.io,,', 'null'],
    ],
    [
      'REDIS_URL',
      [
        'redis://h:6379',
        'rediss://:p%25w@h/1',
        'redis://h/',
        'redis://h/15',
        'redis://[::1]',
        'redis://a:1,redis://b:2',
      ],
      [
        ...['h:6379', 'http://h', 'redis://', 'redis://a,rediss://b', 'redis://a,', 'redis://h:0', 'redis:///1'],
        ...['redis://h/abc', 'redis://h/99', 'redis://h/16', 'redis://h/1.5', 'redis://h/-1', 'redis://h/01'],
        ...[
          'redis://:50%@h',
          'redis://%zz:p@h',
          'redis://:%ff@h',
          'redis://h?db=1',
          'redis://h/1#a',
          'redis://a/1,redis://b/1',
        ],
      ],
    ],
    [
      'REDIS_URL',
      [
        'redis+cluster://a,b:7000,[::1]',
        'rediss+cluster://:p@a:1',
        'redis+sentinel://a,b:26380/stage',
        'redis+sentinel://u:p@a/stage/15',
      ],
      [
        ...[
          'redis+cluster://a/1',
          'redis+cluster://a,',
          'redis+other://a',
          'redis+sentinel://a',
          'redis+sentinel://a/',
        ],
        ...[
          'redis+sentinel://a/stage/16',
          'redis+sentinel://a/stage/1/2',
          'redis+sentinel://a/st age',
          'redis+sentinel:///s',
        ],
      ],
    ],
    ['REDIS_PREFIX', ['a', 'eu:prod-1._', 'p'.repeat(64)], ['p'.repeat(65), 'a b', '{a}', 'a*', 'é']],
    ['REDIS_CA', [], ['ca.crt', '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----']],
    ['AUDIT_DATABASE_CA', [], ['ca.crt']],
    ['SECRET_KEY_PREVIOUS', ['é'.repeat(16)], ['é'.repeat(15)]],
  ])('accepts as %s all of %j, and none of %j', (name, good, bad) => {
    for (const value of good) expect(violationsOf({ [name]: value })).toEqual([]);
    for (const value of bad) expect(violationsOf({ [name]: value })).toEqual([name]);
  });

  it('accepts origins of other Hubster services with https only', () => {
    const violations = (value: string) => violationsOf({ ...SERVICE, HUBSTER_ALLOWED_ORIGINS: value });
    for (const value of ['https://a.io', 'https://a.io, https://b.io', 'http://localhost:1'])
      expect(violations(value)).toEqual([]);
    for (const value of ['*', 'https://a.io/path', 'a.io', 'https://a.io,,', 'https://a.io, http://b.io'])
      expect(violations(value)).toEqual(['HUBSTER_ALLOWED_ORIGINS']);
  });

  it('keeps checkpoints beside the trail, unless AUDIT_CHECKPOINTS is set', () => {
    expect(read({ AUDIT_DIR: '/var/audit' }).audit.checkpointsDir).toBe('/var/audit/checkpoints');
    expect(read({ AUDIT_CHECKPOINTS: '/mnt/worm' }).audit.checkpointsDir).toBe('/mnt/worm');
  });

  it('logs prettily on a terminal only', () => {
    expect(readConfig({}, { isTerminal: true }).log.format).toBe('pretty');
    expect(readConfig({}, { isTerminal: false }).log.format).toBe('json');
    expect(readConfig({ LOG_FORMAT: 'json' }, { isTerminal: true }).log.format).toBe('json');
  });

  it('shows Swagger UI outside production, or with DOCS', () => {
    expect(read({ ...SERVICE, NODE_ENV: 'production' }).http.docs).toBe(false);
    expect(read({ ...SERVICE, NODE_ENV: 'production', DOCS: 'on' }).http.docs).toBe(true);
    expect(read({ DOCS: 'off' }).http.docs).toBe(false);
  });
});

function read(env: Environment) {
  return readConfig(env, { isTerminal: false });
}

function violationsOf(env: Environment): string[] {
  try {
    read(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.violations.map(({ name }) => name);
    throw error;
  }
}
