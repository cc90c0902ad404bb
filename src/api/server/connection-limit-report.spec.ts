import { ManualClock } from '../../../test/support/manual-clock';
import { createLogger } from '../../observability/log/logger';
import { Metrics } from '../../observability/metrics';
import { ConnectionLimitReport } from './connection-limit-report';

describe('ConnectionLimitReport', () => {
  it('counts every connection, and logs at once, then once a minute at most, for each port', async () => {
    const clock = new ManualClock();
    const metrics = new Metrics();
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const logger = createLogger({ level: 'info', format: 'json', destination });
    const report = new ConnectionLimitReport(metrics, logger, clock);
    const record = (times: number) => {
      for (let time = 0; time < times; time += 1) report.record('api', 'evicted', 7);
    };

    record(1000);
    report.record('management', 'rejected', 64);
    await clock.advance(59_999);
    record(1);
    await clock.advance(1);
    record(1);

    const event = { event: 'server.connection-limit', level: 'warn' };
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      expect.objectContaining({ ...event, port: 'api', limit: 7, evicted: 1, rejected: 0 }),
      expect.objectContaining({ ...event, port: 'management', limit: 64, evicted: 0, rejected: 1 }),
      expect.objectContaining({ ...event, port: 'api', limit: 7, evicted: 1001, rejected: 0 }),
    ]);
    const { values } = await metrics.connectionsClosedAtLimit.get();
    expect(values.map(({ labels, value }) => [labels.port, labels.action, value])).toEqual([
      ['api', 'evicted', 1002],
      ['management', 'rejected', 1],
    ]);
  });
});
