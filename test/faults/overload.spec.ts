import { overload } from '../support/scale/overload';

describe('a process with five times the load that it can serve [S-869]', () => {
  it('serves on, has no other errors than 503 with Retry-After, and is back to normal afterwards', async () => {
    const sizes = { tenants: 4, perSecond: 400, stepSeconds: 1, overloadSeconds: 4, maxConnections: 800 };
    const { overload: step, recovery, probes } = await overload(sizes);
    expect(step.ok).toBeGreaterThan(0);
    expect(step.retryAfter).toBe(step.rejected);
    // A client that has given up is a late 200; nothing else is an error.
    expect(Object.keys(step.others).filter((status) => status !== '200')).toEqual([]);
    const last = recovery.at(-1);
    expect({ ok: last?.ok, rejected: last?.rejected }).toEqual({ ok: last?.offered, rejected: 0 });
    expect(Object.keys(probes)).toEqual(['200']);
  }, 120_000);
});
