import { ManualClock } from '../../../test/support/manual-clock';
import { RedisServer } from '../../../test/support/redis-server';
import type { Tenant } from '../../context/tenant';
import { Problem } from '../../problems/problem';
import { NoRedis, type Redis } from '../../redis/redis';
import { Secret } from '../../secrets/secret';
import { ComparisonLimits } from './comparison-limits';
import { SharedLimit } from './shared-limit';

const RATE = { perMinute: 10, burst: 10 };

/** How many of `times` uses were granted. */
async function granted(times: number, take: (time: number) => Promise<void>): Promise<number> {
  let count = 0;
  for (let time = 0; time < times; time += 1) {
    const isRefused = await take(time).then(
      () => false,
      (error: unknown) => error instanceof Problem && error.code === 'rate-limited',
    );
    if (!isRefused) count += 1;
  }
  return count;
}

describe('SharedLimit in one process', () => {
  it('grants its burst, rejects the next use, and grants one after the announced seconds', async () => {
    const clock = new ManualClock();
    const limit = new SharedLimit('test', RATE, clock, new NoRedis());
    expect(await granted(20, () => limit.take('a'))).toBe(10);
    await expect(limit.take('a')).rejects.toMatchObject({ details: { retryAfterSeconds: 6 } });
    await clock.advance(5999);
    expect(await granted(1, () => limit.take('a'))).toBe(0);
    await clock.advance(1);
    expect(await granted(2, () => limit.take('a'))).toBe(1);
  });

  it('saves no more than its burst, and distinguishes keys of several parts', async () => {
    const clock = new ManualClock();
    const limit = new SharedLimit('test', RATE, clock, new NoRedis());
    await limit.take('a');
    await clock.advance(3_600_000);
    expect(await granted(20, () => limit.take('a'))).toBe(10);
    expect(await granted(20, () => limit.take('a', ''))).toBe(10);
    expect(await granted(20, () => limit.take('b'))).toBe(10);
  });
});

describe('SharedLimit over Redis', () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(async () => {
    await server.close();
  });

  /** So slow that no token is refilled during the test. */
  const limitOver = (redis: Redis) =>
    new SharedLimit('test', { perMinute: 0.0001, burst: 10 }, new ManualClock(), redis);
  const replica = async () => limitOver(await server.connect());

  it('grants three replicas together exactly as many uses as one', async () => {
    const [one, two, three] = [await replica(), await replica(), await replica()];
    const counts = await Promise.all([one, two, three].map((limit) => granted(10, () => limit.take('guessed'))));
    expect(counts.reduce((sum, count) => sum + count)).toBe(10);
  });

  it('applies the limit alone while Redis is unavailable, continuing from the uses it has granted', async () => {
    const connection = await server.connect();
    const limit = limitOver(connection);
    expect(await granted(7, () => limit.take('outage'))).toBe(7);
    await connection.close();
    expect(await granted(10, () => limit.take('outage'))).toBe(3);
  });
});

describe('ComparisonLimits (faults 2.4)', () => {
  const acme: Tenant = {
    id: 'acme',
    credentials: { clientId: 'c', clientSecret: Secret.of('s') },
    visibility: 'all',
  };
  const own = (id: string): Tenant => ({ id, credentials: { portalToken: Secret.of(id) }, visibility: id });
  const setup = () => new ComparisonLimits(new ManualClock(), new NoRedis());
  const by = (id: string, tenant = acme) => ({ caller: { id, scopes: new Set<never>() }, tenant });

  it('allows thirty comparisons of a secret a minute, however many subjects an issuer has', async () => {
    const limits = setup();
    const guess = async (subject: number) => {
      await limits.takeByCaller(by(`https://login.example.com/#${subject}`));
      await limits.takeOfSecret(acme, 'one', '/configuration/authToken');
    };
    expect(await granted(500, guess)).toBe(30);
    await limits.takeOfSecret(acme, 'one', '/configuration/other');
    await limits.takeOfSecret(acme, 'two', '/configuration/authToken');
    await limits.takeOfSecret({ ...acme, id: 'globex' }, 'one', '/configuration/authToken');
  });

  it('allows ten a minute by a caller; those with passthrough tokens share an id and no limit', async () => {
    const limits = setup();
    expect(await granted(20, () => limits.takeByCaller(by('billing')))).toBe(10);
    expect(await granted(20, () => limits.takeByCaller(by('passthrough', own('own:1'))))).toBe(10);
    expect(await granted(20, () => limits.takeByCaller(by('passthrough', own('own:2'))))).toBe(10);
  });
});
