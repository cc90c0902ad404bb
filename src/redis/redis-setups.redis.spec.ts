import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisCertificates } from '../../test/support/redis-certificates';
import { RedisServer } from '../../test/support/redis-server';
import { SystemClock } from '../clock/clock';
import { readConfig } from '../config/environment/read-config';
import { createLogger } from '../observability/log/logger';
import { Metrics } from '../observability/metrics';
import { RedisConnection } from './redis-connection';

describe('RedisConnection from variables [S-786]', () => {
  let directory: string;
  let server: RedisServer | undefined;
  let connections: RedisConnection[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'redis-variables-'));
    connections = [];
  });

  afterEach(async () => {
    await Promise.all(connections.map((connection) => connection.close()));
    await server?.kill();
    await rm(directory, { recursive: true });
  });

  async function open(env: Readonly<Record<string, string>>): Promise<RedisConnection> {
    const { redis } = readConfig(env);
    if (!redis) throw new Error('no REDIS_URL');
    const logger = createLogger({ level: 'silent', format: 'json' });
    const connection = new RedisConnection(redis, new SystemClock(), new Metrics(), logger);
    connections.push(connection);
    await connection.open();
    return connection;
  }

  const available = (connection: RedisConnection) =>
    connection.isAvailable
      ? Promise.resolve()
      : new Promise<void>((resolve) => connection.onReconnected(() => resolve()));
  const roundTrip = (connection: RedisConnection) =>
    connection.run(async (redis) => {
      await redis.set('{t}a', '1');
      return redis.get('{t}a');
    });
  const heard = (connection: RedisConnection) =>
    new Promise<boolean>((resolve) => {
      connection.subscribe('news', { onMessage: () => undefined, onStateChange: resolve });
    });

  describe('with TLS and a certificate of the client', () => {
    let certificates: RedisCertificates;

    beforeAll(async () => {
      certificates = await RedisCertificates.make('DNS:localhost');
    });
    afterAll(() => certificates.remove());

    it('works', async () => {
      const { tlsPort, options } = await certificates.serverOptions();
      server = await RedisServer.start(...options);
      const connection = await open({ REDIS_URL: `rediss://localhost:${tlsPort}`, ...certificates.variables });
      expect([await roundTrip(connection), await heard(connection)]).toEqual(['1', true]);
    });

    it.each([
      ['names', ['--cluster-announce-hostname', 'localhost', '--cluster-preferred-endpoint-type', 'hostname']],
      ['addresses', []],
    ])('works with a cluster that shows %s', async (_what, announced) => {
      const { tlsPort, options } = await certificates.serverOptions();
      server = await RedisServer.startCluster(...options, '--tls-cluster', 'yes', ...announced);
      const connection = await open({ REDIS_URL: `rediss+cluster://localhost:${tlsPort}`, ...certificates.variables });
      await available(connection);
      expect([await roundTrip(connection), await heard(connection)]).toEqual(['1', true]);
    });

    it.each([
      [
        'a certificate for another name',
        'rediss://127.0.0.1',
        ['REDIS_CA_FILE', 'REDIS_CLIENT_CERT_FILE', 'REDIS_CLIENT_KEY_FILE'],
      ],
      ['an unknown authority', 'rediss://localhost', ['REDIS_CLIENT_CERT_FILE', 'REDIS_CLIENT_KEY_FILE']],
      ['no certificate of the client', 'rediss://localhost', ['REDIS_CA_FILE']],
    ])('uses no server with %s', async (_what, host, names) => {
      const { tlsPort, options } = await certificates.serverOptions();
      server = await RedisServer.start(...options);
      const variables = Object.entries(certificates.variables).filter(([name]) => names.includes(name));
      const connection = await open({ REDIS_URL: `${host}:${tlsPort}`, ...Object.fromEntries(variables) });
      expect(connection.isAvailable).toBe(false);
      await expect(roundTrip(connection)).rejects.toThrow('not available');
    });
  });

  it.each(['server', 'cluster'])('reads the password again for each connection (%s)', async (topology) => {
    server = await (topology === 'server' ? RedisServer.start() : RedisServer.startCluster());
    const file = join(directory, 'url');
    const scheme = topology === 'server' ? 'redis' : 'redis+cluster';
    const { port } = server;
    const write = (password: string) => writeFile(file, `${scheme}://:${password}@127.0.0.1:${port}`);
    await server.send('CONFIG SET requirepass first-password');
    await write('first-password');
    const connection = await open({ REDIS_URL_FILE: file });
    await available(connection);
    expect(await roundTrip(connection)).toBe('1');
    await write('other-password');
    const reconnected = new Promise<void>((resolve) => connection.onReconnected(() => resolve()));
    await server.send('AUTH first-password\r\nCONFIG SET requirepass other-password\r\nCLIENT KILL TYPE normal');
    await reconnected;
    expect([await roundTrip(connection), await heard(connection)]).toEqual(['1', true]);
  });

  it('uses no other database where that of the URL does not exist', async () => {
    server = await RedisServer.start('--databases', '4');
    const connection = await open({ REDIS_URL: `${server.url}/9` });
    await expect(roundTrip(connection)).rejects.toThrow('not available');
    const right = await open({ REDIS_URL: `${server.url}/3` });
    expect(await roundTrip(right)).toBe('1');
    expect(await server.send('DBSIZE')).toContain(':0');
  });

  it('puts the prefix before each key and channel, also in scripts', async () => {
    server = await RedisServer.start();
    const messages: string[] = [];
    const connections: RedisConnection[] = [];
    let allHeard: () => void = () => undefined;
    const hearsAll = new Promise<void>((resolve) => {
      allHeard = resolve;
    });
    for (const name of ['a', 'b']) {
      const connection = await open({ REDIS_URL: server.url, REDIS_PREFIX: `${name}:` });
      const onMessage = (message: string) => messages.push(`${message} to ${name}`) === 2 && allHeard();
      await new Promise((onStateChange) => connection.subscribe('news', { onMessage, onStateChange }));
      connections.push(connection);
    }
    const [a, b] = connections;
    const script = `redis.call('SET', KEYS[1], '1') return redis.call('PUBLISH', ARGV[1], ARGV[2])`;
    expect(await a?.eval(script, ['key'], a.channel('news'), 'of a')).toBe(1);
    expect(await b?.run((redis) => redis.get('key'))).toBeNull();
    expect(await b?.eval(script, ['key'], b.channel('news'), 'of b')).toBe(1);
    await hearsAll;
    expect(messages.sort()).toEqual(['of a to a', 'of b to b']);
    expect((await server.send('KEYS *')).match(/\w+:key/g)?.sort()).toEqual(['a:key', 'b:key']);
  });
});
