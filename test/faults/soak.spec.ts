import { panelsOfDashboard } from '../support/metrics/dashboard-picture';
import { soak } from '../support/scale/soak';

jest.setTimeout(240_000);

describe('faults under mixed load', () => {
  it('raise their alerts, which are resolved at their end, and the dashboard has all its panels [S-860]', async () => {
    let panels = 0;
    const sizes = { seconds: 1, requestsPerSecond: 40, calmSeconds: 2, isMeasured: false };
    const report = await soak(sizes, async (prometheus, from) => {
      panels = (await panelsOfDashboard(prometheus, from, Date.now() / 1000)).length;
    });
    expect(panels).toBeGreaterThan(10);
    expect(report.before).toEqual([]);
    const raised = report.raised.map(({ alert }) => alert);
    expect(raised).toEqual(
      expect.arrayContaining([
        'StagedoorRedisAway',
        'StagedoorBusDeaf',
        'StagedoorAuditUnavailable',
        'StagedoorAuditRefused',
        'StagedoorHubsterFails',
        'StagedoorBreakerOpen',
      ]),
    );
    expect({ complaints: report.complaints, exits: report.exits }).toEqual({ complaints: [], exits: [0, 0] });
  });
});
