import { Counter, Gauge, Histogram, type Metric } from 'prom-client';
import { COMMAND_HELP, type CommandName, statusesOf } from '../../src/cli/command-help';
import { LOG_EVENTS } from '../../src/observability/log/log-events';
import { Metrics } from '../../src/observability/metrics';
import { rowsOfTable, textOf } from '../support/repository';

const OPERATIONS = textOf('docs/operations.md');

const inCode = (text: string) => `\`${text}\``;

/** Name, labels and help of a metric, as its table shows them. prom-client keeps them without a type. */
function rowOf(metric: Metric): readonly string[] {
  const { name, help, labelNames }: { name: string; help: string; labelNames: readonly string[] } = Object(metric);
  return [inCode(name), labelNames.join(', ') || '–', help];
}

describe('docs/operations.md', () => {
  it('has every metric, with its labels and its meaning', () => {
    const declared = Object.values(new Metrics()).filter((value) =>
      [Counter, Gauge, Histogram].some((kind) => value instanceof kind),
    );
    expect(declared.length).toBeGreaterThan(5);
    expect(rowsOfTable(OPERATIONS, 'metric')).toEqual(declared.map(rowOf));
  });

  it('has every command, with its exit statuses [S-830]', () => {
    const declared = (Object.keys(COMMAND_HELP) as CommandName[]).map((name) => {
      const statuses = statusesOf(name).map(([status, meaning]) => `${status} ${meaning}`);
      return [inCode(`stagedoor ${name}`), COMMAND_HELP[name].summary, statuses.join('; ')];
    });
    expect(rowsOfTable(OPERATIONS, 'command')).toEqual(declared);
  });

  it('has every log event, with its level and its text', () => {
    const declared = Object.entries(LOG_EVENTS).map(([event, [level, text]]) => [inCode(event), level, text]);
    expect(rowsOfTable(OPERATIONS, 'event')).toEqual(declared);
  });
});
