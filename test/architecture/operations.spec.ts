import { LOG_EVENTS } from '../../src/observability/log-events';
import { Metrics } from '../../src/observability/metrics/metrics';
import { rowsOfTable, textOf } from '../support/repository';

const OPERATIONS = textOf('docs/operations.md');

const inCode = (text: string) => `\`${text}\``;

/** Name, labels and help of a metric, as its table shows them. prom-client keeps them without a type. */
function rowOf(metric: object): readonly string[] {
  const { name, help, labelNames }: { name: string; help: string; labelNames: readonly string[] } = Object(metric);
  return [inCode(name), labelNames.join(', ') || '–', help];
}

describe('docs/operations.md', () => {
  it('has every metric, with its labels and its meaning', () => {
    const declared = new Metrics().registry.getMetricsAsArray();
    expect(declared.length).toBeGreaterThan(30);
    expect(rowsOfTable(OPERATIONS, 'metric')).toEqual(declared.map(rowOf));
  });

  it('has every log event, with its level and its text', () => {
    const declared = Object.entries(LOG_EVENTS).map(([event, [level, text]]) => [inCode(event), level, text]);
    expect(rowsOfTable(OPERATIONS, 'event')).toEqual(declared);
  });
});
