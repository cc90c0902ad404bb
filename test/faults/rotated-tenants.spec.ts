import { TICK_BUDGET_MS } from '../support/event-loop';
import { RotatedTenants, type RotationResult } from '../support/scale/rotated-tenants';

const TENANTS = 1000;

jest.setTimeout(120_000);

/** The small form of `npm run scale -- tenants`. */
describe(`${TENANTS} tenants whose secrets are all rotated by one SIGHUP [S-812]`, () => {
  let fleet: RotatedTenants;
  let result: RotationResult;

  beforeAll(async () => {
    fleet = await RotatedTenants.start({ tenants: TENANTS, active: 50, requestsPerSecond: 50, rotations: 2 });
    result = await fleet.rotate();
  });
  afterAll(() => fleet.close());

  it('are all changed, and every request succeeds', () => {
    expect(result.changed.every((changed) => changed === TENANTS)).toBe(true);
    expect(result.changed.length).toBeGreaterThanOrEqual(2);
    expect(result.requests).toBeGreaterThan(50);
    expect(result.failed).toBe(0);
  });

  it('renew neither the epoch of the cache nor any generation', () => {
    expect(new Set(result.epochs).size).toBe(1);
    expect(result.changes).toBe(0);
  });

  it(`hold the event loop for at most ${TICK_BUDGET_MS} ms`, () => {
    expect(result.longestTickMs).toBeLessThanOrEqual(TICK_BUDGET_MS);
  });
});
