import { ManualClock } from '../../test/support/manual-clock';
import { RedisServer, until } from '../../test/support/redis-server';
import { redisSettings } from '../../test/support/redis-settings';
import { createLogger } from '../observability/log/logger';
import { Metrics } from '../observability/metrics';
import { RedisConnection } from './redis-connection';

const logger = createLogger({ level: 'silent', format: 'json' });

describe.each(['server', 'cluster'] as const)('an idle connection to a %s [S-882]', (topology) => {
  let server: RedisServer;
  let clock: ManualClock;
  let connection: RedisConnection;

  beforeEach(async () => {
    server = await (topology === 'server' ? RedisServer.start() : RedisServer.startCluster());
    clock = new ManualClock();
    const scheme = topology === 'server' ? 'redis' : 'redis+cluster';
    const settings = redisSettings(`${scheme}://127.0.0.1:${server.port}`);
    connection = new RedisConnection(settings, clock, new Metrics(), logger);
    await connection.open();
    await until(async () => connection.isAvailable);
    await connection.run((redis) => redis.get('a'), 'a');
    await server.send('CONFIG RESETSTAT');
  });

  afterEach(async () => {
    await connection.close();
    await server.kill();
  });

  const pings = async () => Number(/cmdstat_ping:calls=(\d+)/.exec(await server.send('INFO commandstats'))?.[1] ?? 0);

  it('gets a PING every 15 s', async () => {
    await clock.advance(14_999);
    expect(await pings()).toBe(0);
    for (let sent = 1; sent <= 3; sent += 1) {
      await clock.advance(sent === 1 ? 1 : 15_000);
      await until(async () => (await pings()) === sent);
    }
  });

  it('gets none after it is closed', async () => {
    await connection.close();
    await clock.advance(60_000);
    expect([await pings(), clock.sleeping]).toEqual([0, []]);
  });
});

it('a connection that is used gets no PING [S-882]', async () => {
  const server = await RedisServer.start();
  const clock = new ManualClock();
  const connection = new RedisConnection(redisSettings(server.url), clock, new Metrics(), logger);
  const run = jest.spyOn(connection, 'run');
  try {
    await connection.open();
    for (let used = 0; used < 5; used += 1) {
      await clock.advance(10_000);
      await connection.run((redis) => redis.get('a'));
    }
    expect(run).toHaveBeenCalledTimes(5);
    await clock.advance(25_000);
    expect(run).toHaveBeenCalledTimes(6);
  } finally {
    await connection.close();
    await server.kill();
  }
});
