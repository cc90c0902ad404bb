import { setTimeout as delay } from 'node:timers/promises';
import { callAt, OpenAttempt } from '../../../test/support/hubster/calls';
import { RedisServer } from '../../../test/support/redis-server';
import { SystemClock } from '../../clock/clock';
import { Bulkhead } from '../resilience/bulkhead';
import { RedisFleet } from './redis-fleet';
import { redisSlotLease } from './redis-slots';

const KEY = 'stagedoor:{acme}:slots:read';
const MAX = 10;

describe('redisSlotLease', () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  beforeEach(() => server.send('FLUSHALL'));
  afterAll(() => server.close());

  const leaseOf = async (replica: string) => redisSlotLease(await server.connect(), KEY, MAX, replica);

  it('grants all replicas together the slots of the limit, and no more', async () => {
    const [one, other] = [await leaseOf('one'), await leaseOf('other')];
    expect(await one(0, 8)).toEqual({ granted: 8, others: 0 });
    expect(await other(0, 8)).toEqual({ granted: 2, others: 8 });
    expect(await one(8, 8)).toEqual({ granted: 5, others: 2 });
  });

  it('shares equally what all want, once those with more have given it back', async () => {
    const replicas = await Promise.all(['a', 'b', 'c'].map(leaseOf));
    const running = [0, 0, 0];
    for (let round = 0; round < 3; round += 1) {
      for (const [n, lease] of replicas.entries()) running[n] = (await lease(0, 30)).granted;
    }
    expect(running.sort()).toEqual([3, 3, 4]);
  });

  it('leaves to others what one does not want', async () => {
    const [modest, greedy] = [await leaseOf('modest'), await leaseOf('greedy')];
    await modest(0, 1);
    expect((await greedy(0, 30)).granted).toBe(9);
  });

  it('grants the slots of a replica that was killed after 3 s', async () => {
    const [killed, other] = [await leaseOf('killed'), await leaseOf('other')];
    await killed(0, MAX);
    expect((await other(0, 3)).granted).toBe(0);
    const [, , expiry = ''] = (await server.send(`HGET ${KEY} killed`)).split(/\r\n/)[1]?.split(' ') ?? [];
    const [seconds] = (await server.send('TIME')).split(/\r\n/).slice(2);
    expect(Number(expiry) - Number(seconds) * 1000).toBeLessThan(4000);
    await server.send(`HSET ${KEY} killed "10 10 ${Number(seconds) * 1000 - 1}"`);
    expect((await other(0, 3)).granted).toBe(3);
    expect(await server.send(`HEXISTS ${KEY} killed`)).toContain(':0');
  });

  it.each([
    ['a lease without an end', '10 10 99999999999999'],
    ['words', 'all of them'],
    ['negative numbers', '-10 -10 -10'],
  ])('ignores what it did not write: %s', async (_what, value) => {
    await server.send(`HSET ${KEY} unknown "${value}"`);
    expect(await (await leaseOf('one'))(0, 4)).toEqual({ granted: 4, others: 0 });
  });

  it('rejects where the key is of another type, and leaves nothing behind when all is given back', async () => {
    const lease = await leaseOf('one');
    await server.send(`SET ${KEY} nonsense`);
    await expect(lease(0, 1)).rejects.toMatchObject({ name: 'RedisUnavailable' });
    await server.send(`DEL ${KEY}`);
    await lease(0, 1);
    await lease(0, 0);
    expect(await server.send(`EXISTS ${KEY}`)).toContain(':0');
  });

  it.each([1, 3, 6])(
    'lets bulkheads of %i replicas run 80 calls of greedy tenants at once, and 20 more of others [N2]',
    async (replicas) => {
      const clock = new SystemClock();
      const bulkheads = await Promise.all(
        Array.from(
          { length: replicas },
          async () => new Bulkhead(clock, new RedisFleet(await server.connect(), clock)),
        ),
      );
      const attempts: OpenAttempt[] = [];
      const start = (tenant: string, n: number) => {
        const attempt = new OpenAttempt();
        attempts.push(attempt);
        return bulkheads[n % replicas]?.run(callAt(clock, { tenant }), attempt.next).then((outcome) => {
          attempt.outcome = outcome;
        });
      };
      const running = () => attempts.filter(({ isRunning }) => isRunning).length;
      // Ten tenants whose calls hang fill the part that is not reserved.
      for (let n = 0; n < 240; n += 1) void start(`greedy-${n % 10}`, Math.floor(n / 10));
      while (attempts.filter(({ isRunning, outcome }) => isRunning || outcome !== undefined).length < 240)
        await delay(5);
      expect(running()).toBe(80);
      for (let n = 0; n < 6; n += 1) void start(`quiet-${n}`, n);
      while (attempts.slice(240).some(({ isRunning, outcome }) => !isRunning && outcome === undefined)) await delay(5);
      expect(running()).toBe(86);
      expect(attempts.slice(240).filter(({ isRunning }) => isRunning)).toHaveLength(6);
      for (const attempt of attempts) attempt.settle();
    },
  );
});
