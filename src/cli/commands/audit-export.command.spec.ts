import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../../test/support/manual-clock';
import { TrailKey } from '../../audit/chain/chain';
import type { AuditRecord } from '../../audit/record';
import { serialise } from '../../audit/recording/serialise';
import { FileAuditStore } from '../../audit/stores/file-audit-store';
import { createLogger } from '../../observability/log/logger';
import { Secret } from '../../secrets/secret';
import { SecretKeys } from '../../secrets/secret-keys';
import { exportEvents } from './audit-export.command';

const keys = new SecretKeys(Secret.of('k'.repeat(32)));
const key = new TrailKey(keys);
const logger = createLogger({ level: 'silent', format: 'json' });
const START = Date.UTC(2026, 9, 31, 12);
const HOUR = 60 * 60 * 1000;

function recordOf(n: number): string {
  const tenant = [null, 'acme', 'globex'][n % 3] ?? null;
  const record: AuditRecord = {
    ...{ id: `r${n}`, phase: 'event', tenant, caller: tenant && 'billing', action: 'cache.purge' },
    ...{ requestId: `q${n}`, address: '10.0.0.1', outcome: 'success' },
  };
  return serialise(record, keys);
}

/** Replaces standard output. `write` returns the error of the write, if it fails. */
function writeTo(write: (text: string) => Error | undefined): void {
  jest.spyOn(process.stdout, 'write').mockImplementation((text, ...others: readonly unknown[]) => {
    const error = write(String(text));
    const done = others.at(-1);
    if (typeof done === 'function') Reflect.apply(done, undefined, [error]);
    return error === undefined;
  });
}

describe('stagedoor audit export [S-832]', () => {
  let directory: string;
  let written: string[];

  /** Twelve events an hour apart, over two days; those of acme are 1, 4, 7 and 10. */
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trail-'));
    const clock = new ManualClock(START);
    const location = { directory, checkpointDirectory: join(directory, 'checkpoints'), retentionMs: 400 * 24 * HOUR };
    const store = new FileAuditStore(location, { key, clock, logger });
    for (let n = 0; n < 12; n += 1) {
      await store.append([recordOf(n)]);
      await clock.advance(HOUR);
    }
    await store.seal();
    written = [];
    writeTo((text) => {
      written.push(text);
      return undefined;
    });
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await rm(directory, { recursive: true, maxRetries: 5 });
  });

  const idsOf = async (options: Parameters<typeof exportEvents>[1]) => {
    expect(await exportEvents(directory, options)).toBe(0);
    const text = written.splice(0).join('');
    return text
      .split('\n')
      .slice(0, -1)
      .map((line): string => JSON.parse(line).id);
  };
  const rs = (...ns: readonly number[]) => ns.map((n) => `r${n}`);
  const at = (n: number) => new Date(START + n * HOUR).toISOString();

  it('writes every event, newest first, also those without a tenant', async () => {
    expect(await idsOf({})).toEqual(rs(11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
  });

  it('writes those of one tenant, from a time on and before a time', async () => {
    expect(await idsOf({ tenant: 'acme' })).toEqual(rs(10, 7, 4, 1));
    expect(await idsOf({ tenant: 'acme', from: at(4), to: at(10) })).toEqual(rs(7, 4));
    expect(await idsOf({ from: at(3), to: at(5) })).toEqual(rs(4, 3));
    expect(await idsOf({ tenant: 'nobody' })).toEqual([]);
  });

  it('needs no key, and believes no index', async () => {
    const [chain = ''] = execFileSync('ls', [directory], { encoding: 'utf8' }).match(/^.+(?=\.jsonl$)/gm) ?? [];
    await writeFile(join(directory, `${chain}.index`), 'forged');
    expect(await idsOf({ tenant: 'acme' })).toEqual(rs(10, 7, 4, 1));
  });

  it('stops when its reader has gone', async () => {
    writeTo(() => {
      written.push('once');
      return Object.assign(new Error('gone'), { code: 'EPIPE' });
    });
    expect(await exportEvents(directory, {})).toBe(0);
    expect(written).toEqual(['once']);
  });

  it('has an exit status for a place without a trail, one that cannot be read, and a time that is none', async () => {
    const empty = join(directory, 'empty');
    await mkdir(empty);
    await expect(exportEvents(empty, {})).rejects.toMatchObject({ status: 6 });
    await expect(exportEvents(join(directory, 'absent'), {})).rejects.toMatchObject({ status: 6 });
    const file = join(directory, 'file');
    await writeFile(file, '');
    await expect(exportEvents(file, {})).rejects.toMatchObject({
      status: 1,
      message: 'Cannot read the trail: ENOTDIR',
    });
    await expect(exportEvents(directory, { from: 'yesterday' })).rejects.toMatchObject({ status: 2 });
    expect(written).toEqual([]);
  });
});
