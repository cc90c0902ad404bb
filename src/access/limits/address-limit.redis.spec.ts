import { setImmediate as nextTick } from 'node:timers/promises';
import { ManualClock } from '../../../test/support/manual-clock';
import { RedisServer } from '../../../test/support/redis-server';
import { AddressLimit, AuthThrottle } from './address-limit';

/** So slow that no token is refilled during the test. */
const RATE = { perMinute: 0.0001, burst: 60 };

describe('failed attempts of one address at several replicas [S-806]', () => {
  let server: RedisServer;
  let clock: ManualClock;

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  beforeEach(async () => {
    clock = new ManualClock();
    await server.send('FLUSHALL');
  });
  afterAll(() => server.close());

  const limit = async () => new AddressLimit('test', RATE, clock, await server.connect());

  /** How many of `times` attempts were allowed; leases end between them. */
  async function allowed(limits: readonly AddressLimit[], times: number): Promise<number> {
    let count = 0;
    for (let time = 0; time < times; time += 1) {
      if (limits[time % limits.length]?.take('192.0.2.7') === undefined) count += 1;
      await clock.advance(1);
      await server.send('PING');
      await nextTick();
    }
    return count;
  }

  it.each([1, 3])('are limited as at one: %i replicas', async (replicas) => {
    const limits = await Promise.all(Array.from({ length: replicas }, limit));
    const count = await allowed(limits, 300);
    expect(count).toBeGreaterThanOrEqual(60);
    // Each replica may owe a few that it has not counted in Redis yet.
    expect(count).toBeLessThanOrEqual(60 + 7 * replicas);
  });

  it('cost Redis nothing while they are few', async () => {
    const throttle = new AuthThrottle(clock, await server.connect());
    for (let host = 0; host < 50; host += 1) {
      for (let attempt = 0; attempt < 3; attempt += 1) throttle.countFailure(`192.0.2.${host}`);
    }
    await nextTick();
    expect(await server.send('DBSIZE')).toContain(':0');
  });

  it('leave no address in Redis', async () => {
    await allowed([await limit()], 20);
    expect(await server.send('KEYS *')).toMatch(/test:[\w-]{22}\}:limit/);
    expect(await server.send('KEYS *192.0.2*')).toContain('*0');
  });
});
