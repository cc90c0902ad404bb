import { FleetUnderTest } from '../support/scale/fleet';

jest.setTimeout(60_000);

/** Calls of a tenant and class at once: one limit for all replicas. */
const AT_ONCE = 10;
/** Failures in a row that open a breaker. */
const TO_OPEN = 10;

describe.each([1, 3])('%i replicas that share a Redis are one caller of Hubster [S-805]', (count) => {
  let fleet: FleetUnderTest;

  beforeEach(async () => {
    fleet = await FleetUnderTest.start(count);
    await fleet.storm(count, 1, 0);
  });
  afterEach(() => fleet.close());

  it('have as many calls at once as one', async () => {
    expect(await fleet.callsAtOnce(24)).toBe(AT_ONCE);
    // Every slot has come back.
    expect(await fleet.callsAtOnce(24)).toBe(AT_ONCE);
  });

  it('send no call once one of them has received a Retry-After, not even a replica that starts later', async () => {
    await fleet.fault({ status: 429, headers: { 'Retry-After': '20' } });
    await fleet.storm(1, 1, 0);
    await fleet.isPublished();
    expect(new Set(await fleet.storm(20 * count, 4, 0))).toEqual(new Set([429]));
    expect(await fleet.read(await fleet.add())).toBe(429);
    expect(await fleet.failedCalls()).toHaveLength(1);
  });

  it('send at most 1.5 times the calls of one in a storm of 503, and a replica that starts later sends none', async () => {
    await fleet.fault({ status: 503 });
    expect(new Set(await fleet.storm(40, 1, 0))).toEqual(new Set([503]));
    await fleet.isPublished();
    const { length: calls } = await fleet.failedCalls();
    expect(calls).toBeGreaterThanOrEqual(TO_OPEN);
    expect(calls).toBeLessThanOrEqual(1.5 * TO_OPEN);
    expect(await fleet.read(await fleet.add())).toBe(503);
    expect(await fleet.failedCalls()).toHaveLength(calls);
  });
});
