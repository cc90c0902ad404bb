import { RedisServer } from '../../test/support/redis-server';
import { SystemClock } from '../clock/clock';
import type { RedisConnection } from '../redis/redis-connection';
import { RedisGenerationRegistry } from './generations/redis-generation-registry';
import { SharedGenerations } from './generations/shared-generations';

const TAGS = ['one'];

describe('a Redis that refuses, and one that closes a connection', () => {
  const clock = new SystemClock();
  let server: RedisServer;

  beforeEach(async () => {
    server = await RedisServer.start();
  });
  afterEach(() => server.close());

  const failing = (connection: RedisConnection) =>
    connection
      .run((redis) => redis.set('a', '1'))
      .then(
        () => 'done',
        ({ reason }) => reason,
      );
  const continued = (connection: RedisConnection) =>
    new Promise<boolean>((resolve) => connection.onReconnected(resolve));
  const until = async (isSo: () => boolean | Promise<boolean>) => {
    while (!(await isSo())) await clock.sleep(5);
  };
  const isListening = async () => (await server.send('PUBSUB NUMSUB stagedoor:changes')).includes(':2');

  it.each([
    ['oom', 'CONFIG SET maxmemory 1'],
    ['permission', 'ACL SETUSER default -set'],
  ])(
    'a rejection (%s) costs no connection, is reported with its reason, and counts as no outage [S-780]',
    async (reason, command) => {
      const connection = await server.connect();
      let interruptions = 0;
      connection.onInterrupted(() => {
        interruptions += 1;
      });
      await server.send(command);
      for (let sent = 0; sent < 20; sent += 1) expect(await failing(connection)).toBe(reason);
      expect([connection.isAvailable, interruptions]).toEqual([true, 0]);
      expect(connection.reasons).toContain(reason);
      expect(await connection.run((redis) => redis.get('a'))).toBeNull();
    },
  );

  it('finds the primary after a failover, and leaves a replica alone while there is none [S-780]', async () => {
    const primary = await RedisServer.start();
    await server.send(`REPLICAOF 127.0.0.1 ${primary.port}`);
    const connection = await server.connect();
    let interruptions = 0;
    connection.onInterrupted(() => {
      interruptions += 1;
    });
    for (let sent = 0; sent < 20; sent += 1) expect(await failing(connection)).toBe('readonly');
    expect([connection.isAvailable, interruptions]).toEqual([true, 0]);
    await server.send('REPLICAOF NO ONE');
    await until(async () => (await failing(connection)) === 'done');
    await primary.close();
  });

  it('names what the self-test misses: commands and the eviction policy [S-781]', async () => {
    await server.send('ACL SETUSER default -zadd -publish');
    await server.send('CONFIG SET maxmemory-policy allkeys-lru');
    const connection = await server.connect();
    await until(() => connection.reasons.length > 0);
    expect(connection.reasons).toEqual(['permission', 'policy']);
    expect(connection.isEvicting).toBe(true);
  });

  it('an idle connection that Redis closes costs no epoch, and nobody an entry [S-782]', async () => {
    const [busy, idle] = [await server.connect(), await server.connect()];
    const generations = [busy, idle].map(
      (connection) => new SharedGenerations(new RedisGenerationRegistry(connection), clock),
    );
    await until(isListening);
    const [of] = generations;
    if (!of) throw new Error('there are no generations');
    const { id } = await of.confirmed('acme', TAGS);
    const epoch = await server.send('GET stagedoor:epoch');
    for (let round = 0; round < 3; round += 1) {
      const back = [continued(busy), continued(idle)];
      await server.send('CLIENT KILL TYPE normal SKIPME yes');
      expect(await Promise.all(back)).toEqual([true, true]);
      expect(await of.confirmed('acme', TAGS)).toEqual({ id, isTrusted: true });
    }
    expect(await server.send('GET stagedoor:epoch')).toBe(epoch);
  });

  it('three replicas renew the epoch once when another server takes over [S-782]', async () => {
    const connections = [await server.connect(), await server.connect(), await server.connect()];
    const renewals: Promise<string>[] = [];
    for (const connection of connections) {
      const registry = new RedisGenerationRegistry(connection);
      const { replaceEpoch } = registry;
      jest.spyOn(registry, 'replaceEpoch').mockImplementation((...values) => {
        const renewal = replaceEpoch.apply(registry, values);
        renewals.push(renewal);
        return renewal;
      });
      await new SharedGenerations(registry, clock).confirmed('acme', TAGS);
    }
    const back = connections.map(continued);
    await server.kill();
    await server.start();
    expect(await Promise.all(back)).toEqual([false, false, false]);
    await until(() => renewals.length === 3);
    expect(new Set(await Promise.all(renewals)).size).toBe(1);
  });

  it.each(['kill', 'pause'] as const)(
    'an outage (%s) is no continuation, as others may have written meanwhile [N4]',
    async (outage) => {
      const connection = await server.connect();
      const back = continued(connection);
      await server[outage]();
      await Promise.all(Array.from({ length: 6 }, () => failing(connection)));
      if (outage === 'kill') await server.start();
      else server.resume();
      expect(await back).toBe(false);
    },
  );

  it('waits longer for coordination than for the cache [S-783]', async () => {
    const connection = await server.connect();
    await server.send('CLIENT PAUSE 120 ALL');
    const [cache, coordination] = await Promise.all([
      failing(connection),
      connection.coordination.run((redis) => redis.get('a')).then(() => 'done'),
    ]);
    expect([cache, coordination]).toEqual(['timeout', 'done']);
  });
});
