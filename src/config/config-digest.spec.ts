import type { Config } from './config';
import { configDigest } from './config-digest';
import { readConfig } from './environment/read-config';

const ENV = {
  HUBSTER_PORTAL_URL: 'https://portal.example',
  HUBSTER_IDENTITY_URL: 'https://identity.example',
  HUBSTER_CLIENT_ID: 'client',
  HUBSTER_CLIENT_SECRET: 'hunter2',
  STAGEDOOR_API_KEY: 'a-key-of-sixteen-characters',
  SECRET_KEY: 'k'.repeat(32),
  REDIS_URL: 'redis://user:password@redis.example',
  AUDIT_STORE: 'postgres',
  AUDIT_DATABASE_URL: 'postgres://user:password@database.example/audit',
};

const digestOf = (env: Readonly<Record<string, string>>) => configDigest(readConfig({ ...ENV, ...env }));

describe('configDigest [S-866]', () => {
  it.each([
    ['HUBSTER_CLIENT_SECRET', 'hunter3'],
    ['STAGEDOOR_API_KEY', 'another-key-of-some-characters'],
    ['SECRET_KEY', 'l'.repeat(32)],
    ['REDIS_URL', 'redis://user:another@redis.example'],
    ['AUDIT_DATABASE_URL', 'postgres://user:another@database.example/audit'],
  ])('is the same for another %s, so that nobody can guess it from the digest [N1]', (name, value) => {
    expect(digestOf({ [name]: value })).toBe(digestOf({}));
  });

  it('leaves out the user and the query of any URL', () => {
    const { otelEndpoint: _none, ...config } = readConfig(ENV);
    const withUrl = (url: string): Config => ({ ...config, otelEndpoint: new URL(url) });
    expect(configDigest(withUrl('https://me:secret@h.io/v1?key=secret'))).toBe(
      configDigest(withUrl('https://h.io/v1')),
    );
  });

  it.each([
    ['READ_DEADLINE', '7s'],
    ['HUBSTER_PORTAL_URL', 'https://another.example'],
    ['LOG_FORMAT', 'ecs'],
    ['REDIS_PREFIX', 'b'],
  ])('differs for another %s', (name, value) => {
    expect(digestOf({ [name]: value })).not.toBe(digestOf({}));
    expect(digestOf({ [name]: value })).toMatch(/^[0-9a-f]{12}$/);
  });
});
