import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scale } from './benchmarks';
import { quantile, type Row } from './figures';
import { timed } from './load';
import { BENCH_SECRET_KEY, type Servers } from './servers';

const DIST = join(__dirname, '..');
const RECORDS_PER_ENTRY = 10;
const RECORD = JSON.stringify({
  ...{ id: '2f5e1c40-8e7b-4a54-9c7e-5f0b2d9e4a01', phase: 'intent', tenant: 't0', caller: 'bench' },
  ...{ action: 'integration.update', target: { type: 'integration', id: '7d5a1c40-8e7b-4a54-9c7e-5f0b2d9e4a01' } },
  ...{ requestId: '3bc1e69f-c520-446f-ab2c-01751fd66a31', address: '127.0.0.1' },
  changes: [{ pointer: '/name', from: 'Support line', to: 'Support line of the night' }],
});

interface Recorder {
  record(body: string): Promise<void>;
  seal(): Promise<void>;
}

/** The audit trail of the built service: how long a write waits, and what verification and a page of a long trail cost. */
export async function audit(servers: Servers, { entries, requests }: Scale): Promise<readonly Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'stagedoor-bench-trail-'));
  try {
    const recorder = await openRecorder(directory);
    const alone = await write(recorder, 1, requests);
    const records = entries * RECORDS_PER_ENTRY;
    const together = await write(recorder, 64, records);
    await recorder.seal();
    const verified = await verify(directory);
    const stub = await servers.stub();
    const stagedoor = await servers.stagedoor(stub, { AUDIT_DIR: directory });
    const page = async (query: string): Promise<number[]> => {
      const times: number[] = [];
      for (let index = 0; index < 100; index += 1) {
        const { status, ms } = await timed(`${stagedoor.url}/api/v1/audit/events?${query}`, servers.headers);
        if (status !== 200) throw new Error(`a page of the trail got ${status}`);
        times.push(ms);
      }
      return times;
    };
    const [newest, rare] = [await page('limit=50'), await page('limit=50&action=integration.delete')];
    await servers.stop(stagedoor, stub);
    const trail = `a trail of ${records.toLocaleString('en')} records`;
    return [
      ...waits('1 writer', alone, '≤ 5'),
      ...waits('64 writers', together, ''),
      { name: `audit:verify, ${trail}`, unit: 's', values: [verified.seconds], goal: '≤ 20' },
      { name: `audit:verify, ${trail}, peak memory`, unit: 'MiB', values: [verified.peakMiB], goal: 'flat' },
      { name: `newest page of ${trail}, p50`, unit: 'ms', values: [quantile(newest, 0.5)], goal: '' },
      { name: `newest page of ${trail}, p99`, unit: 'ms', values: [quantile(newest, 0.99)], goal: '' },
      { name: `page without a match, ${trail}, p50`, unit: 'ms', values: [quantile(rare, 0.5)], goal: '' },
    ];
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function waits(who: string, { ms, seconds }: Written, goal: string): readonly Row[] {
  const name = `audit with fsync, ${who}`;
  return [
    { name, unit: 'records a second', values: [ms.length / seconds], goal: '' },
    { name: `${name}, a write waits, p50`, unit: 'ms', values: [quantile(ms, 0.5)], goal },
    { name: `${name}, a write waits, p99`, unit: 'ms', values: [quantile(ms, 0.99)], goal: '' },
  ];
}

interface Written {
  readonly ms: readonly number[];
  readonly seconds: number;
}

/** Each writer waits for its record before it makes the next one, as a write waits for its intent. */
async function write(recorder: Recorder, writers: number, records: number): Promise<Written> {
  const ms: number[] = [];
  let left = records;
  const writer = async (): Promise<void> => {
    for (; left > 0; left -= 1) {
      const began = performance.now();
      await recorder.record(RECORD);
      ms.push(performance.now() - began);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: writers }, writer));
  return { ms, seconds: (performance.now() - began) / 1000 };
}

/** The recorder of the built service, with files. */
async function openRecorder(directory: string): Promise<Recorder> {
  const built = (path: string) => import(join(DIST, path));
  const [{ Recorder }, { FileAuditStore }, { TrailKey }, { SecretKeys }, { Secret }] = await Promise.all(
    [
      'audit/recording/recorder',
      'audit/stores/file-audit-store',
      'audit/chain/chain',
      'secrets/secret-keys',
      'secrets/secret',
    ].map((path) => built(`${path}.js`)),
  );
  const [{ SystemClock }, { Metrics }, { createLogger }] = await Promise.all(
    ['clock/clock', 'observability/metrics', 'observability/log/logger'].map((path) => built(`${path}.js`)),
  );
  const clock = new SystemClock();
  const logger = createLogger({ level: 'warn', format: 'json' });
  const key = new TrailKey(new SecretKeys(Secret.of(BENCH_SECRET_KEY)));
  const location = {
    directory,
    checkpointDirectory: join(directory, 'checkpoints'),
    retentionMs: 400 * 24 * 3_600_000,
  };
  return new Recorder(new FileAuditStore(location, { key, clock, logger }), clock, new Metrics(), logger);
}

async function verify(directory: string): Promise<{ readonly seconds: number; readonly peakMiB: number }> {
  const began = performance.now();
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [join(DIST, 'cli/stagedoor.js'), 'audit', 'verify', directory], {
    env: { PATH, SECRET_KEY: BENCH_SECRET_KEY },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let peakMiB = 0;
  const timer = setInterval(() => {
    peakMiB = Math.max(peakMiB, peakOf(child.pid));
  }, 50);
  const [status] = await once(child, 'exit');
  clearInterval(timer);
  if (status !== 0) throw new Error(`stagedoor audit verify ended with ${String(status)}`);
  return { seconds: (performance.now() - began) / 1000, peakMiB };
}

/** Peak resident memory in MiB so far (Linux); 0 after the process has ended. */
function peakOf(pid: number | undefined): number {
  try {
    const [, kilobytes = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1024;
  } catch {
    return 0;
  }
}
