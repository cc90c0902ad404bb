import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Metrics } from '../../src/observability/metrics/metrics';
import { ROOT, textOf } from '../support/repository';

const FOLDER = 'docker/prometheus';

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
interface RuleTest {
  readonly alert_rule_test?: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
}

const { groups }: { groups: readonly { readonly rules: readonly Rule[] }[] } = parse(textOf(`${FOLDER}/rules.yaml`));
const { tests }: { tests: readonly RuleTest[] } = parse(textOf(`${FOLDER}/rules.test.yaml`));
const rules = groups.flatMap((group) => group.rules);
const alerts = rules.flatMap(({ alert, ...rule }) => (alert === undefined ? [] : [{ ...rule, alert }]));
const dashboard: { panels: readonly { readonly targets: readonly { readonly expr: string }[] }[] } = JSON.parse(
  textOf(`${FOLDER}/dashboard.json`),
);
const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

/** The names that a scrape has, histograms with their parts, and what the rules record. */
async function knownNames(): Promise<ReadonlySet<string>> {
  const metrics = new Metrics();
  metrics.observeProcess();
  const all = await metrics.registry.getMetricsAsJSON();
  const parts = (name: string) => ['', '_bucket', '_sum', '_count'].map((part) => name + part);
  const recorded = rules.flatMap(({ record }) => record ?? []);
  return new Set(['up', ...all.flatMap(({ name }) => parts(name)), ...recorded]);
}

/** The metrics of an expression. */
const namesIn = (expr: string) => expr.match(/\b(?:stagedoor|process|nodejs)[_:][\w:]+|\bup\b(?=\{)/g) ?? [];

describe('docker/prometheus', () => {
  it('has rules that promtool accepts, and whose tests pass [S-859]', () => {
    for (const args of [
      ['check', 'rules', 'rules.yaml'],
      ['test', 'rules', 'rules.test.yaml'],
    ]) {
      const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: join(ROOT, FOLDER), encoding: 'utf8' });
      expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' });
    }
  });

  it.each(alerts)('shows in a test that $alert fires, and that it ends [S-859]', ({ alert }) => {
    const ofAlert = tests.flatMap((test) => test.alert_rule_test ?? []).filter(({ alertname }) => alertname === alert);
    const counts = ofAlert.map(({ exp_alerts }) => exp_alerts.length);
    expect(counts).toContain(1);
    expect(counts.lastIndexOf(0)).toBeGreaterThan(counts.indexOf(1));
  });

  it.each(alerts)(
    'has a severity, a summary and a page of the runbook for $alert [S-859]',
    ({ alert, labels, annotations }) => {
      expect(['critical', 'warning', 'info']).toContain(labels?.['severity']);
      expect(annotations?.['summary']).toBeTruthy();
      expect(annotations?.['runbook_url']).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
    },
  );

  it('has a section of the runbook for each alert, and no other, with what it means and what to do [S-859]', () => {
    const sections = textOf('docs/runbook.md').split(/^## /m).slice(1);
    expect(sections.map((section) => section.split('\n')[0])).toEqual(alerts.map(({ alert }) => alert));
    for (const section of sections) {
      const parts = [...section.matchAll(/^\*\*(\w+)\.\*\*/gm)].map(([, part]) => part);
      expect(parts).toEqual(['Meaning', 'See', 'Do']);
    }
  });

  it('reads metrics that exist only, in rules, dashboard and runbook [S-859]', async () => {
    const known = await knownNames();
    const runbook = textOf('docs/runbook.md');
    const read = [...rules.map(({ expr }) => expr), ...queries, runbook].flatMap(namesIn);
    expect(read.length).toBeGreaterThan(60);
    expect(read.filter((name) => !known.has(name))).toEqual([]);
  });
});
