import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess } from '../support/service-process';
import { Collector } from '../support/traces/collector';

/** Prints whether the process has loaded the SDK of OpenTelemetry. prom-client loads its API, which does nothing. */
const REPORT = `process.on('exit', () => {
  const loaded = Object.keys(require.cache).filter((name) => /@opentelemetry.(?!api.)/.test(name));
  require('node:fs').writeSync(1, 'loaded: ' + (loaded.length > 0) + '\\n');
});`;

describe('traces of a process', () => {
  let directory: string;
  let report: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'stagedoor-traces-'));
    report = join(directory, 'report.cjs');
    await writeFile(report, REPORT);
  });
  afterAll(() => rm(directory, { recursive: true }));

  const run = (env: Readonly<Record<string, string>>) =>
    startProcess('dist/main.js', { PORT: '0', SANDBOX_PORT: '0', NODE_OPTIONS: `--require ${report}`, ...env });

  it('do not load the SDK of OpenTelemetry without a receiver [S-845]', async () => {
    const service = await run({});
    await service.listens();
    expect(await service.stop()).toBe(0);
    expect(service.output()).toContain('loaded: false');
  });

  it('do not hold up SIGTERM while the collector hangs [S-848]', async () => {
    const collector = await Collector.start();
    collector.status = undefined;
    const service = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    const url = await service.listens();
    await fetch(`${url}/api/v1/me`);
    expect(await service.stop()).toBe(0);
    expect(service.output()).toContain('loaded: true');
    expect(service.output()).not.toContain(collector.url);
    await collector.close();
  });
});
