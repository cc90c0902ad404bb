import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { AuditStore, type StoredLine, type TrailSlice } from '../../../src/audit/audit-store';
import { TrailKey } from '../../../src/audit/chain/chain';
import { AuditQuery } from '../../../src/audit/query/audit-query';
import type { EventFilter } from '../../../src/audit/query/event-filter';
import { FileAuditStore } from '../../../src/audit/stores/file-audit-store';
import { createLogger } from '../../../src/observability/log/logger';
import { Secret } from '../../../src/secrets/secret';
import { SecretKeys } from '../../../src/secrets/secret-keys';
import { ManualClock } from '../manual-clock';

const DAY = 24 * 60 * 60 * 1000;
/** Chains whose indexes are made a second time. */
const INDEXED_AGAIN = 8;
export const RARE = 'rare-tenant';
const RARE_TARGET = '00000000-0000-4000-8000-00000000cafe';

const keys = new SecretKeys(Secret.of('k'.repeat(32)));
const key = new TrailKey(keys);
const logger = createLogger({ level: 'silent', format: 'json' });

export interface TrailSizes {
  readonly records: number;
  readonly tenants: number;
  /** Days that the records are spread over. */
  readonly days: number;
  /** Of a full chain; default as in the service. */
  readonly maxBytes?: number;
}

/** One request for a page. */
export interface ReadPage {
  readonly name: string;
  readonly results: number;
  readonly isLast: boolean;
  readonly linesRead: number;
  readonly ms: number;
}

export interface TrailFigures {
  readonly chains: number;
  readonly trailBytes: number;
  readonly indexBytes: number;
  /** Lines of the last chain, which has no index. */
  readonly openLines: number;
  /** Chains whose indexes were removed, and are made again in the background of a start. */
  readonly indexedAgain: number;
  readonly indexingMs: number;
  readonly longestTickMs: number;
  readonly pages: readonly ReadPage[];
}

/** A trail of many tenants, whose oldest event is the only one of a rare tenant; makes some indexes again, and reads pages. */
export async function trailFiles({ records, tenants, days, maxBytes }: TrailSizes): Promise<TrailFigures> {
  const root = await mkdtemp(join(tmpdir(), 'trail-files-'));
  try {
    const directory = join(root, 'audit');
    const clock = new ManualClock();
    const open = () => {
      const location = { directory, checkpointDirectory: join(root, 'checkpoints'), retentionMs: 400 * DAY };
      return new FileAuditStore(location, { key, clock, logger, ...(maxBytes !== undefined && { maxBytes }) });
    };
    const chainBytes = maxBytes ?? 8 * 1024 * 1024;
    const batchSize = Math.min(4000, Math.ceil(chainBytes / 4000));
    const writer = open();
    await writer.append([recordOf(0, RARE, RARE_TARGET)]);
    for (let from = 1; from < records; from += batchSize) {
      const count = Math.min(batchSize, records - from);
      const batch = Array.from({ length: count }, (_, index) =>
        recordOf(from + index, `tenant-${(from + index) % tenants}`),
      );
      await writer.append(batch);
      await clock.advance(Math.floor((days * DAY * batchSize) / records) - 1);
    }
    await writer.indexed();
    await writer.seal();
    const again = (await filesOf(directory, '.index')).slice(0, INDEXED_AGAIN);
    for (const { name } of again) await rm(join(directory, name));

    const store = open();
    const ticks = monitorEventLoopDelay({ resolution: 1 });
    const start = performance.now();
    await store.append([]);
    ticks.enable();
    await store.indexed();
    ticks.disable();
    const indexingMs = performance.now() - start;

    // Most of the lines that an open chain may have.
    let openLines = 1;
    for (let bytes = 0; bytes < chainBytes * 0.9; openLines += batchSize) {
      const batch = Array.from({ length: batchSize }, (_, n) =>
        recordOf(records + openLines + n, `tenant-${n % tenants}`),
      );
      await store.append(batch);
      bytes += 1.3 * batch.join('').length;
    }
    const chains = await filesOf(directory, '.jsonl');
    const indexes = await filesOf(directory, '.index');
    const pages = [
      await readPage(store, 'a rare tenant', RARE, {}),
      await readPage(store, 'a rare tenant, by target', RARE, { target: RARE_TARGET }),
      await readPage(store, 'a tenant without events', 'nobody', {}),
      await readPage(store, 'one of many tenants, newest 50', 'tenant-7', {}),
      await readPage(store, 'one of many tenants, before the newest day', 'tenant-7', { to: clock.now() - DAY }),
      await readPage(store, 'one of many tenants, a target without events', 'tenant-7', { target: RARE_TARGET }),
    ];
    await store.seal();
    return {
      ...{ chains: chains.length, trailBytes: sum(chains), indexBytes: sum(indexes), openLines },
      ...{ indexedAgain: again.length, indexingMs },
      ...{ longestTickMs: ticks.max / 1e6, pages },
    };
  } finally {
    await rm(root, { recursive: true, maxRetries: 5 });
  }
}

async function readPage(store: AuditStore, name: string, tenant: string, filter: EventFilter): Promise<ReadPage> {
  const counting = new CountingStore(store);
  const start = performance.now();
  const { results, nextCursor } = await new AuditQuery(counting, keys).page(tenant, filter, { limit: 50 });
  const ms = performance.now() - start;
  return { name, results: results.length, isLast: nextCursor === undefined, linesRead: counting.read, ms };
}

/** Counts the lines that a query reads. */
class CountingStore extends AuditStore {
  read = 0;

  constructor(private readonly store: AuditStore) {
    super();
  }

  async *newestFirst(slice: TrailSlice): AsyncGenerator<StoredLine> {
    for await (const line of this.store.newestFirst(slice)) {
      this.read += 1;
      yield line;
    }
  }

  append(bodies: readonly string[]): Promise<void> {
    return this.store.append(bodies);
  }

  isPosition(text: string): boolean {
    return this.store.isPosition(text);
  }

  seal(): Promise<void> {
    return this.store.seal();
  }
}

/** A record of the size of a write's. */
function recordOf(
  n: number,
  tenant: string,
  target = `7d5a1c40-8e7b-4a54-9c7e-${String(n % 100_000).padStart(12, '0')}`,
): string {
  return JSON.stringify({
    ...{ id: `2f5e1c40-8e7b-4a54-9c7e-${String(n).padStart(12, '0')}`, phase: 'event', tenant, caller: 'billing' },
    ...{ action: 'integration.update', target: { type: 'integration', id: target }, outcome: 'success', status: 200 },
    ...{ requestId: '3bc1e69f-c520-446f-ab2c-01751fd66a31', address: '127.0.0.1' },
  });
}

interface SizedFile {
  readonly name: string;
  readonly size: number;
}

async function filesOf(directory: string, suffix: string): Promise<readonly SizedFile[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(suffix));
  return Promise.all(names.map(async (name) => ({ name, size: (await stat(join(directory, name))).size })));
}

const sum = (files: readonly SizedFile[]): number => files.reduce((total, { size }) => total + size, 0);
