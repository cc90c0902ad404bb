import { ManualClock } from '../../../test/support/manual-clock';
import { RedisServer } from '../../../test/support/redis-server';
import { type Clock, SystemClock } from '../../clock/clock';
import { Deadline } from '../../context/deadline';
import { createLogger } from '../../observability/logger';
import { Metrics } from '../../observability/metrics';
import { RedisConnection } from '../../redis/redis-connection';
import { RedisUnavailable } from '../../redis/redis-unavailable';
import { Secret } from '../../secrets/secret';
import { LocalWriteLock } from './local-write-lock';
import { SharedWriteLock } from './shared-write-lock';

const PLACE = { tenant: 'acme', integrationId: 'i1' };
const KEY = 'stagedoor:{acme}:write:i1';

describe('SharedWriteLock', () => {
  const clock: Clock = new SystemClock();
  let server: RedisServer;
  let connections: RedisConnection[];

  beforeEach(async () => {
    server = await RedisServer.start();
    connections = [];
  });
  afterEach(async () => {
    for (const connection of connections) await connection.close();
    await server.kill();
  });

  async function connect(): Promise<RedisConnection> {
    const logger = createLogger({ level: 'silent', format: 'json' });
    const connection = new RedisConnection({ url: Secret.of(server.url) }, clock, new Metrics(), logger);
    connections.push(connection);
    await connection.open();
    return connection;
  }

  const replicaOver = (redis: Pick<RedisConnection, 'run' | 'isAvailable' | 'onReconnected'>) =>
    new SharedWriteLock(new LocalWriteLock(clock), redis, clock);
  const replica = async () => replicaOver(await connect());
  const deadline = (ms = 20_000) => Deadline.after(clock, ms);
  const someTime = () => clock.sleep(20);

  it('two replicas never write to one integration at once [S-316]', async () => {
    const [one, other] = [await replica(), await replica()];
    let atWork = 0;
    const seen: number[] = [];
    const work = async () => {
      atWork += 1;
      seen.push(atWork);
      await someTime();
      atWork -= 1;
    };
    await Promise.all(
      [one, other, one, other, one, other].map((writeLock) => writeLock.runExclusive(PLACE, deadline(), work)),
    );
    expect(seen).toEqual([1, 1, 1, 1, 1, 1]);
    expect(await server.send('KEYS *')).not.toContain('write');
  });

  it('a lock that this process could not give back bars its own next write from nothing', async () => {
    const connection = await connect();
    let isSilent = false;
    const writeLock = replicaOver({
      isAvailable: true,
      onReconnected: () => undefined,
      run: (commands) => (isSilent ? Promise.reject(new RedisUnavailable()) : connection.run(commands)),
    });
    await writeLock.runExclusive(PLACE, deadline(), async () => {
      isSilent = true;
    });
    isSilent = false;
    expect(await server.send(`EXISTS ${KEY}`)).toContain('1');
    await expect(writeLock.runExclusive(PLACE, deadline(500), async () => 'done')).resolves.toBe('done');
    await expect((await replica()).runExclusive(PLACE, deadline(), async () => 'done')).resolves.toBe('done');
  });

  it('a lock that could not be given back while Redis was away is given back when it returns', async () => {
    const connection = await connect();
    let isAway = false;
    let reconnected = (): void => undefined;
    const writeLock = replicaOver({
      get isAvailable() {
        return !isAway;
      },
      onReconnected: (listener) => {
        reconnected = listener;
      },
      run: (commands) => (isAway ? Promise.reject(new RedisUnavailable()) : connection.run(commands)),
    });
    await writeLock.runExclusive(PLACE, deadline(), async () => {
      isAway = true;
    });
    isAway = false;
    expect(await server.send(`EXISTS ${KEY}`)).toContain('1');
    reconnected();
    await expect((await replica()).runExclusive(PLACE, deadline(5_000), async () => 'done')).resolves.toBe('done');
  });

  it('owes no lock that has ended by itself, so that a Redis that refuses for days fills no memory', async () => {
    const manual = new ManualClock();
    let reconnected = (): void => undefined;
    let commands = 0;
    const refusing: Pick<RedisConnection, 'run' | 'isAvailable' | 'onReconnected'> = {
      isAvailable: true,
      onReconnected: (listener) => {
        reconnected = listener;
      },
      run: () => {
        commands += 1;
        return Promise.reject(new RedisUnavailable());
      },
    };
    const writeLock = new SharedWriteLock(new LocalWriteLock(manual), refusing, manual);
    for (let write = 0; write < 3; write += 1) {
      const done = writeLock.runExclusive(PLACE, Deadline.after(manual, 8_000), async () => undefined);
      await manual.advance(20_000);
      await done;
    }
    commands = 0;
    reconnected();
    await manual.advance(1_000);
    expect(commands).toBeLessThanOrEqual(5);
  });

  it('another tenant, and another integration, have locks of their own [N2]', async () => {
    const [one, other] = [await replica(), await replica()];
    await one.runExclusive(PLACE, deadline(), async () => {
      await other.runExclusive({ ...PLACE, tenant: 'globex' }, deadline(), someTime);
      await other.runExclusive({ ...PLACE, integrationId: 'i2' }, deadline(), someTime);
    });
  });

  it('is overloaded when another replica is at work until the deadline, and leaves it its turn', async () => {
    const [one, other] = [await replica(), await replica()];
    await one.runExclusive(PLACE, deadline(), async () => {
      const late = other.runExclusive(PLACE, deadline(150), () => Promise.reject(new Error('both at once')));
      await expect(late).rejects.toMatchObject({ code: 'overloaded', details: { retryAfterSeconds: 1 } });
      expect(await server.send(`EXISTS ${KEY}`)).toContain(':1');
    });
  });

  it('holds the turn for longer than the write may take', async () => {
    await (await replica()).runExclusive(PLACE, deadline(15_000), async () => {
      const [, left = ''] = /:(\d+)/.exec(await server.send(`PTTL ${KEY}`)) ?? [];
      expect(Number(left)).toBeGreaterThan(15_000);
    });
  });

  it('comes in when the lock of a replica that died has ended', async () => {
    await server.send(`SET ${KEY} somebody PX 200`);
    await (await replica()).runExclusive(PLACE, deadline(), someTime);
  });

  it('gives back nothing but its own: a lock that ended early belongs to the next', async () => {
    await (await replica()).runExclusive(PLACE, deadline(), async () => {
      await server.send(`SET ${KEY} somebody`);
    });
    expect(await server.send(`GET ${KEY}`)).toContain('somebody');
  });

  it('finds out whether it has the lock when replies are lost, and gives it back', async () => {
    const redis = await connect();
    let commands = 0;
    const deaf = {
      isAvailable: true,
      onReconnected: () => undefined,
      run: async <T>(work: Parameters<typeof redis.run<T>>[0]): Promise<T> => {
        const reply = await redis.run(work);
        commands += 1;
        if (commands % 2 === 1) throw new RedisUnavailable();
        return reply;
      },
    };
    await replicaOver(deaf).runExclusive(PLACE, deadline(), async () => {
      expect(await server.send(`EXISTS ${KEY}`)).toContain(':1');
    });
    expect(commands).toBe(4);
    expect(await server.send(`EXISTS ${KEY}`)).toContain(':0');
  });

  it('goes on per process while Redis is away, hangs or refuses', async () => {
    const writeLock = await replica();
    await server.send('CONFIG SET maxmemory 1');
    expect(await writeLock.runExclusive(PLACE, deadline(), async () => 'without room')).toBe('without room');
    await server.send('CONFIG SET maxmemory 0');
    server.pause();
    expect(await writeLock.runExclusive(PLACE, deadline(), async () => 'hung')).toBe('hung');
    server.resume();
    await server.kill();
    expect(await writeLock.runExclusive(PLACE, deadline(), async () => 'away')).toBe('away');
  });

  it('passes on what the work throws, and lets the next in', async () => {
    const writeLock = await replica();
    await expect(writeLock.runExclusive(PLACE, deadline(), () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    );
    expect(await writeLock.runExclusive(PLACE, deadline(), async () => 'next')).toBe('next');
  });
});
