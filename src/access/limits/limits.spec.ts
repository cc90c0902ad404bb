import { ManualClock } from '../../../test/support/manual-clock';
import { NoRedis } from '../../redis/redis';
import type { AuthContext } from '../access';
import { AuthThrottle } from './address-limit';
import { Limits } from './limits';

let clock: ManualClock;
let limits: Limits;
beforeEach(() => {
  clock = new ManualClock();
  limits = new Limits(clock, new NoRedis());
});

function authContext(tenantLimit?: number, callerLimit?: number, tenant = 'acme', caller = 'billing'): AuthContext {
  return {
    tenant: {
      id: tenant,
      credentials: Object.create(null),
      visibility: tenant,
      ...(tenantLimit !== undefined && { requestsPerMinute: tenantLimit }),
    },
    caller: { id: caller, scopes: new Set(), ...(callerLimit !== undefined && { requestsPerMinute: callerLimit }) },
  };
}

function takeTimes(times: number, of: AuthContext) {
  return Array.from({ length: times }, () => limits.take(of));
}

describe('Limits', () => {
  it('returns undefined without a limit', () => {
    expect(limits.take(authContext())).toBeUndefined();
  });

  it('returns the policies and the remaining requests, in the syntax of the draft', () => {
    expect(limits.take(authContext(6000))?.headers).toEqual([
      'ratelimit',
      '"tenant-burst";r=599;t=1',
      'ratelimit-policy',
      '"tenant";q=6000;w=60, "tenant-burst";q=600;w=6',
    ]);
    expect(limits.take(authContext(6000, 60))?.headers).toEqual([
      'ratelimit',
      '"tenant-burst";r=598;t=1, "caller-burst";r=9;t=1',
      'ratelimit-policy',
      '"tenant";q=6000;w=60, "tenant-burst";q=600;w=6, "caller";q=60;w=60, "caller-burst";q=10;w=10',
    ]);
  });

  it.each([1, 7, 60, 65, 105, 6000])('announces for %d a minute as many at once as it accepts', async (perMinute) => {
    const policy = limits.take(authContext(perMinute))?.headers.at(-1) ?? '';
    const [, burst, seconds] = /"tenant-burst";q=(\d+);w=(\d+)$/.exec(policy)?.map(Number) ?? [];
    const isAccepted = () => limits.take(authContext(perMinute))?.waitSeconds === undefined;
    const accepted = () => Array.from({ length: perMinute + 1 }, isAccepted).filter(Boolean).length;
    expect(accepted()).toBe(Number(burst) - 1);
    await clock.advance(Number(seconds) * 1000);
    expect(accepted()).toBe(burst);
  });

  it('rejects requests over the limit, and accepts one after the announced seconds', async () => {
    expect(takeTimes(11, authContext(20)).at(-1)?.waitSeconds).toBe(3);
    await clock.advance(3000);
    expect(limits.take(authContext(20))).not.toHaveProperty('waitSeconds');
    expect(limits.take(authContext(20))).toHaveProperty('waitSeconds');
  });

  it('counts each tenant separately [N2]', () => {
    takeTimes(50, authContext(60));
    expect(limits.take(authContext(60))).toHaveProperty('waitSeconds');
    expect(limits.take(authContext(60, undefined, 'globex'))).not.toHaveProperty('waitSeconds');
  });

  it('counts a request that the caller’s limit rejects not for its tenant', () => {
    takeTimes(100, authContext(60, 5));
    expect(limits.take(authContext(60, undefined, 'acme', 'another'))?.headers[1]).toMatch(/r=4;/);
  });

  it('starts a limit that the file has changed as full', () => {
    takeTimes(50, authContext(60));
    expect(limits.take(authContext(120))).not.toHaveProperty('waitSeconds');
  });
});

describe('AuthThrottle', () => {
  it('returns 401 sixty times a minute for an address, then 429; an IPv6 network is one address', async () => {
    const throttle = new AuthThrottle(clock, new NoRedis());
    const codes = Array.from({ length: 61 }, (_, host) => throttle.countFailure(`2001:db8:0:1::${host}`).code);
    expect(codes.slice(0, 60)).toEqual(Array(60).fill('unauthenticated'));
    expect(codes.at(60)).toBe('rate-limited');
    expect(throttle.countFailure('2001:db8:0:2::1').code).toBe('unauthenticated');
    await clock.advance(1000);
    expect(throttle.countFailure('2001:db8:0:1::1').code).toBe('unauthenticated');
    expect(throttle.countFailure('2001:db8:0:1::1').code).toBe('rate-limited');
  });
});
