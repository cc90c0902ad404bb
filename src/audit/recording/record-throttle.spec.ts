import { ManualClock } from '../../../test/support/manual-clock';
import { CallerRejections, RecordThrottle, type Suppressed } from './record-throttle';

const LIMITS = { linesOfKey: 2, linesOfGroup: 5, keysOfGroup: 3, groups: 2 };

function setup() {
  const clock = new ManualClock();
  const summaries: Suppressed<string>[] = [];
  const throttle = new RecordThrottle<string>(clock, LIMITS, (suppressed) => summaries.push(suppressed));
  const lines = (group: string, key: string, times: number) =>
    Array.from({ length: times }, (_, time) => throttle.admit(group, key, `${key} ${time}`)).filter(Boolean).length;
  return { clock, summaries, lines };
}

describe('RecordThrottle', () => {
  it('admits the records of a key, then counts, and summarises at the end of the minute', async () => {
    const { clock, summaries, lines } = setup();
    expect(lines('acme', 'a', 5)).toBe(2);
    await clock.advance(60_000);
    expect(summaries).toEqual([{ group: 'acme', key: 'a', sample: 'a 2', count: 3 }]);
    expect(lines('acme', 'a', 1)).toBe(1);
  });

  it('limits the records of all keys of a group, at no cost to another group', () => {
    const { lines } = setup();
    expect([lines('acme', 'a', 9), lines('acme', 'b', 9), lines('acme', 'c', 9)]).toEqual([2, 2, 1]);
    expect(lines('globex', 'a', 9)).toBe(2);
  });

  it('makes a bounded number of summaries of any number of keys and groups, and loses no count', async () => {
    const { clock, summaries, lines } = setup();
    let admitted = 0;
    for (let key = 0; key < 1000; key += 1) admitted += lines('acme', `${key}`, 1) + lines(`tenant ${key}`, 'a', 1);
    await clock.advance(60_000);
    expect(summaries.length).toBeLessThanOrEqual(3 * 4);
    expect(summaries.reduce((sum, { count }) => sum + count, admitted)).toBe(2000);
  });
});

describe('CallerRejections', () => {
  it('names tenant and caller in a summary only if all counted rejections are theirs', async () => {
    const clock = new ManualClock();
    const summaries: unknown[] = [];
    const rejections = new CallerRejections(clock, (actor, rejection) => summaries.push({ ...actor, ...rejection }));
    const refuse = (tenant: string | null, caller: string, action: 'access.refused' | 'secret.compare', status = 403) =>
      rejections.admit({ tenant, caller, requestId: 'r', address: '10.0.0.1' }, { action, outcome: 'refused', status });
    for (let time = 0; time < 100; time += 1) refuse('acme', 'billing', 'access.refused');
    for (let time = 0; time < 70; time += 1) refuse('acme', 'billing', 'secret.compare', 429);
    for (let subject = 0; subject < 1000; subject += 1) refuse('globex', `issuer#${subject}`, 'access.refused');
    expect(refuse('acme', 'another', 'access.refused')).toBe(true);
    await clock.advance(60_000);
    const refused = { action: 'access.refused', outcome: 'refused', status: 403, address: '10.0.0.1' };
    expect(summaries).toHaveLength(3);
    expect(summaries).toEqual(
      expect.arrayContaining([
        { ...refused, tenant: 'acme', caller: 'billing', count: 40 },
        { ...refused, action: 'secret.compare', status: 429, tenant: 'acme', caller: 'billing', count: 10 },
        { ...refused, tenant: 'globex', caller: null, count: 840 },
      ]),
    );
  });
});
