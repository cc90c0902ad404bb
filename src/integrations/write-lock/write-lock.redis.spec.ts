import { ManualClock } from '../../../test/support/manual-clock';
import { RedisServer } from '../../../test/support/redis-server';
import { type Clock, SystemClock } from '../../clock/clock';
import { Deadline } from '../../context/request-context';
import { Redis, RedisUnavailable } from '../../redis/redis';
import { WriteLock } from './write-lock';

const LOCK_KEY = { tenant: 'acme', integrationId: 'i1' };
const REDIS_KEY = 'stagedoor:{acme}:write:i1';

/** Redis with another `run`, and with interruptions by the test. */
class DoubleOfRedis extends Redis {
  override readonly isConfigured = true;
  override isAvailable = true;
  reconnected = (_isSameServer: boolean): void => undefined;

  constructor(override readonly run: Redis['run']) {
    super();
  }

  override onReconnected(listener: (isSameServer: boolean) => void): void {
    this.reconnected = listener;
  }

  override readonly subscribe = () => ({ isListening: false });
  override readonly close = async () => undefined;
}

describe('WriteLock', () => {
  const clock: Clock = new SystemClock();
  let server: RedisServer;

  beforeEach(async () => {
    server = await RedisServer.start();
  });
  afterEach(() => server.close());

  const replicaOver = (redis: Redis) => new WriteLock(clock, redis);
  const replica = async () => replicaOver(await server.connect());
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
      [one, other, one, other, one, other].map((writeLock) => writeLock.runExclusive(LOCK_KEY, deadline(), work)),
    );
    expect(seen).toEqual([1, 1, 1, 1, 1, 1]);
    expect(await server.send('KEYS *')).not.toContain('write');
  });

  it('a lock that this process could not release does not block its next write', async () => {
    const connection = await server.connect();
    let isSilent = false;
    const redis = new DoubleOfRedis((commands) =>
      isSilent ? Promise.reject(new RedisUnavailable()) : connection.run(commands),
    );
    const writeLock = replicaOver(redis);
    await writeLock.runExclusive(LOCK_KEY, deadline(), async () => {
      isSilent = true;
    });
    isSilent = false;
    expect(await server.send(`EXISTS ${REDIS_KEY}`)).toContain('1');
    await expect(writeLock.runExclusive(LOCK_KEY, deadline(500), async () => 'done')).resolves.toBe('done');
    await expect((await replica()).runExclusive(LOCK_KEY, deadline(), async () => 'done')).resolves.toBe('done');
  });

  it('releases a lock when Redis is back if it could not do so before', async () => {
    const connection = await server.connect();
    const redis = new DoubleOfRedis((commands) => connection.run(commands));
    const writeLock = replicaOver(redis);
    await writeLock.runExclusive(LOCK_KEY, deadline(), async () => {
      redis.isAvailable = false;
    });
    redis.isAvailable = true;
    expect(await server.send(`EXISTS ${REDIS_KEY}`)).toContain('1');
    redis.reconnected(true);
    await expect((await replica()).runExclusive(LOCK_KEY, deadline(5_000), async () => 'done')).resolves.toBe('done');
  });

  it('forgets expired locks, so that memory is bounded while Redis fails', async () => {
    const manual = new ManualClock();
    let commands = 0;
    const refusing = new DoubleOfRedis(() => {
      commands += 1;
      return Promise.reject(new RedisUnavailable());
    });
    const writeLock = new WriteLock(manual, refusing);
    for (let write = 0; write < 3; write += 1) {
      const done = writeLock.runExclusive(LOCK_KEY, Deadline.after(manual, 8_000), async () => undefined);
      await manual.advance(20_000);
      await done;
    }
    commands = 0;
    refusing.reconnected(true);
    await manual.advance(1_000);
    expect(commands).toBeLessThanOrEqual(5);
  });

  it('uses a lock for each tenant and integration [N2]', async () => {
    const [one, other] = [await replica(), await replica()];
    await one.runExclusive(LOCK_KEY, deadline(), async () => {
      await other.runExclusive({ ...LOCK_KEY, tenant: 'globex' }, deadline(), someTime);
      await other.runExclusive({ ...LOCK_KEY, integrationId: 'i2' }, deadline(), someTime);
    });
  });

  it('is overloaded if another replica has the lock until the deadline, and leaves that lock alone', async () => {
    const [one, other] = [await replica(), await replica()];
    await one.runExclusive(LOCK_KEY, deadline(), async () => {
      const late = other.runExclusive(LOCK_KEY, deadline(150), () => Promise.reject(new Error('both at once')));
      await expect(late).rejects.toMatchObject({ code: 'overloaded', details: { retryAfterSeconds: 1 } });
      expect(await server.send(`EXISTS ${REDIS_KEY}`)).toContain(':1');
    });
  });

  it('keeps the lock for longer than the write may take', async () => {
    await (await replica()).runExclusive(LOCK_KEY, deadline(15_000), async () => {
      const [, left = ''] = /:(\d+)/.exec(await server.send(`PTTL ${REDIS_KEY}`)) ?? [];
      expect(Number(left)).toBeGreaterThan(15_000);
    });
  });

  it('takes the lock when that of a crashed replica has expired', async () => {
    await server.send(`SET ${REDIS_KEY} somebody PX 200`);
    await (await replica()).runExclusive(LOCK_KEY, deadline(), someTime);
  });

  it('releases only its own lock, not one that another replica took after it expired', async () => {
    await (await replica()).runExclusive(LOCK_KEY, deadline(), async () => {
      await server.send(`SET ${REDIS_KEY} somebody`);
    });
    expect(await server.send(`GET ${REDIS_KEY}`)).toContain('somebody');
  });

  it('finds out whether it has the lock when replies are lost, and releases it', async () => {
    const redis = await server.connect();
    let commands = 0;
    const deaf = new DoubleOfRedis(async (work) => {
      const reply = await redis.run(work);
      commands += 1;
      if (commands % 2 === 1) throw new RedisUnavailable();
      return reply;
    });
    await replicaOver(deaf).runExclusive(LOCK_KEY, deadline(), async () => {
      expect(await server.send(`EXISTS ${REDIS_KEY}`)).toContain(':1');
    });
    expect(commands).toBe(4);
    expect(await server.send(`EXISTS ${REDIS_KEY}`)).toContain(':0');
  });

  it('locks per process while Redis is away, hangs or fails', async () => {
    const writeLock = await replica();
    await server.send('CONFIG SET maxmemory 1');
    expect(await writeLock.runExclusive(LOCK_KEY, deadline(), async () => 'out of memory')).toBe('out of memory');
    await server.send('CONFIG SET maxmemory 0');
    server.pause();
    expect(await writeLock.runExclusive(LOCK_KEY, deadline(), async () => 'hung')).toBe('hung');
    server.resume();
    await server.kill();
    expect(await writeLock.runExclusive(LOCK_KEY, deadline(), async () => 'away')).toBe('away');
  });

  it('throws the error of the work, and runs the next work', async () => {
    const writeLock = await replica();
    await expect(writeLock.runExclusive(LOCK_KEY, deadline(), () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    );
    expect(await writeLock.runExclusive(LOCK_KEY, deadline(), async () => 'next')).toBe('next');
  });
});
