import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../ports';
import { until } from '../redis-server';
import { textOf } from '../repository';

/** A series of a query over a time: seconds since the epoch, and the values. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [time: number, value: number])[];
}

/** An alert that fires now. */
export interface FiringAlert {
  readonly name: string;
  readonly since: number;
}

interface Sizes {
  /** Between two scrapes, and between two evaluations of the rules, in seconds. */
  readonly everySeconds: number;
  /** In place of the five minutes of a rate in the rules, and of how long an alert has to hold, in seconds. */
  readonly windowSeconds: number;
  readonly holdSeconds: number;
}

/** A Prometheus that scrapes services on the loopback and evaluates docker/prometheus/rules.yaml, with shorter times. */
export class PrometheusServer {
  private constructor(
    readonly url: string,
    private readonly process: ChildProcess,
    private readonly directory: string,
  ) {}

  static async start(targets: readonly string[], sizes: Sizes): Promise<PrometheusServer> {
    const directory = await mkdtemp(join(tmpdir(), 'prometheus-'));
    const config = {
      global: { scrape_interval: `${sizes.everySeconds}s`, evaluation_interval: `${sizes.everySeconds}s` },
      rule_files: ['rules.yaml'],
      scrape_configs: [{ job_name: 'stagedoor', static_configs: [{ targets }] }],
    };
    await writeFile(join(directory, 'prometheus.yml'), JSON.stringify(config));
    await writeFile(join(directory, 'rules.yaml'), shortened(textOf('docker/prometheus/rules.yaml'), sizes));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const options = {
      'config.file': 'prometheus.yml',
      'storage.tsdb.path': 'data',
      'web.listen-address': `127.0.0.1:${port}`,
    };
    const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    const child = spawn('prometheus', args, { cwd: directory, stdio: 'ignore' });
    const server = new PrometheusServer(url, child, directory);
    await until(() =>
      fetch(`${url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    return server;
  }

  async firing(): Promise<readonly FiringAlert[]> {
    const { alerts } = await this.#get<{ alerts: readonly Alert[] }>('alerts');
    return alerts
      .filter(({ state }) => state === 'firing')
      .map(({ labels, activeAt }) => ({ name: labels['alertname'] ?? '', since: Date.parse(activeAt) }));
  }

  /** @throws if Prometheus does not accept the query */
  async query(query: string): Promise<readonly Series[]> {
    const { result } = await this.#get<{ result: readonly Vector[] }>('query', { query });
    return result.map(({ metric, value }) => ({ labels: metric, values: [numbersOf(value)] }));
  }

  /** @param from @param to in seconds since the epoch */
  async range(query: string, from: number, to: number): Promise<readonly Series[]> {
    const times = { start: String(from), end: String(to), step: '1' };
    const { result } = await this.#get<{ result: readonly Matrix[] }>('query_range', { query, ...times });
    return result.map(({ metric, values }) => ({ labels: metric, values: values.map(numbersOf) }));
  }

  async close(): Promise<void> {
    const exit = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await exit;
    await rm(this.directory, { recursive: true, force: true });
  }

  async #get<T>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T> {
    const response = await fetch(`${this.url}/api/v1/${path}?${new URLSearchParams(query)}`);
    const reply: Reply<T> = JSON.parse(await response.text());
    if (reply.status !== 'success') throw new Error(`Prometheus rejects ${query['query'] ?? path}: ${reply.error}`);
    return reply.data;
  }
}

type Value = readonly [time: number, value: string];
type Labels = Readonly<Record<string, string>>;
type Vector = { readonly metric: Labels; readonly value: Value };
type Matrix = { readonly metric: Labels; readonly values: readonly Value[] };
type Alert = { readonly state: string; readonly labels: Labels; readonly activeAt: string };
type Reply<T> = { readonly status: 'success'; readonly data: T } | { readonly status: 'error'; readonly error: string };

const numbersOf = ([time, value]: Value) => [time, Number(value)] as const;

/** The same rules over shorter times, so that a test need not wait for minutes. */
function shortened(rules: string, { windowSeconds, holdSeconds }: Sizes): string {
  return rules.replaceAll('[5m]', `[${windowSeconds}s]`).replaceAll(/ for: \w+/g, ` for: ${holdSeconds}s`);
}
