import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../../test/support/manual-clock';
import { createLogger } from '../../observability/log/logger';
import { Secret } from '../../secrets/secret';
import { SecretKeys } from '../../secrets/secret-keys';
import { TrailKey } from '../chain/chain';
import { type ChainFile, type CreateChainFile, createChainFile, FileAuditStore } from './file-audit-store';

const DAY = 24 * 60 * 60 * 1000;
const key = new TrailKey(new SecretKeys(Secret.of('k'.repeat(32))));
const logged: string[] = [];
const logger = createLogger({ level: 'info', format: 'json', destination: { write: (line) => logged.push(line) } });
const eventsLogged = () => logged.splice(0).map((line): string => JSON.parse(line).event);
const body = (n: number) => JSON.stringify({ phase: 'event', n });

describe('FileAuditStore', () => {
  let root: string;
  let directory: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'trail-'));
    directory = join(root, 'audit');
  });

  afterEach(async () => {
    for (const file of files.splice(0)) await file.close();
    await rm(root, { recursive: true, maxRetries: 5 });
  });

  const files: ChainFile[] = [];

  /** Records the files, to close those of stores that are left open like in a crash. */
  const openedHere: CreateChainFile = async (...location) => {
    const file = await createChainFile(...location);
    files.push(file);
    return file;
  };

  function open(
    clock = new ManualClock(),
    options: { maxBytes?: number; create?: CreateChainFile; retentionMs?: number } = {},
  ) {
    const { retentionMs = 3 * DAY } = options;
    const location = { directory, checkpointDirectory: join(directory, 'checkpoints'), retentionMs };
    return new FileAuditStore(location, { key, clock, logger, create: openedHere, ...options });
  }

  const chains = async () => (await readdir(directory)).filter((name) => name.endsWith('.jsonl')).sort();

  async function linesOf(name: string | undefined): Promise<Record<string, unknown>[]> {
    const text = await readFile(join(directory, name ?? ''), 'utf8');
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  it('appends lines that carry sequence, time and hash, in a private file of a private directory', async () => {
    const store = open();
    await store.append([body(1), body(2)]);
    await store.append([body(3)]);
    const [file] = await chains();
    expect(await linesOf(file)).toMatchObject([
      { seq: 0, phase: 'open', after: null, keyId: key.id },
      { seq: 1, time: '2026-01-01T00:00:00.000Z', n: 1, hash: expect.stringMatching(/^[\w-]{43}$/) },
      { seq: 2, n: 2 },
      { seq: 3, n: 3 },
    ]);
    expect((await stat(join(directory, file ?? ''))).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    await store.seal();
    expect((await linesOf(file)).at(-1)).toMatchObject({ seq: 4, phase: 'seal' });
  });

  it('opens a new chain in a new process, which names the end of the last chain', async () => {
    const clock = new ManualClock();
    await open(clock).append([body(1)]);
    await clock.advance(5);
    await open(clock).append([body(2)]);
    const [first, second] = await chains();
    const end = (await linesOf(first)).at(-1);
    expect((await linesOf(second))[0]).toMatchObject({
      after: { chain: first?.replace('.jsonl', ''), seq: 1, hash: end?.['hash'], torn: 0 },
    });
  });

  it('starts after a torn line without help, and records its length', async () => {
    const clock = new ManualClock();
    await open(clock).append([body(1)]);
    const [first = ''] = await chains();
    await writeFile(join(directory, first), '{"seq":2,"ti', { flag: 'a' });
    await clock.advance(5);
    await open(clock).append([body(2)]);
    expect((await linesOf((await chains())[1]))[0]).toMatchObject({ after: { seq: 1, torn: 12 } });
  });

  it('rotates by size and seals full files', async () => {
    const store = open(new ManualClock(), { maxBytes: 300 });
    for (let n = 0; n < 5; n += 1) await store.append([body(n)]);
    const files = await chains();
    expect(files.length).toBeGreaterThan(1);
    for (const file of files.slice(0, -1)) expect((await linesOf(file)).at(-1)).toMatchObject({ phase: 'seal' });
  });

  it('rotates when the UTC day changes, and keeps the times of a chain within its day', async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1, 23, 59, 59));
    const store = open(clock);
    await store.append([body(1)]);
    await clock.advance(2000);
    await store.append([body(2)]);
    const files = await chains();
    expect(files.map((name) => name.slice(0, 8))).toEqual(['20260101', '20260102']);
    expect((await linesOf(files[0])).at(-1)).toMatchObject({ phase: 'seal', time: '2026-01-01T23:59:59.999Z' });
  });

  it('removes chains and checkpoints that are older than the retention, and records that before', async () => {
    const clock = new ManualClock();
    await open(clock).append([body(1)]);
    await writeFile(join(directory, 'not-a-chain.jsonl'), 'x');
    const [old = ''] = await chains();
    await mkdir(join(directory, 'checkpoints'), { recursive: true });
    await writeFile(join(directory, 'checkpoints', old.replace('.jsonl', '.checkpoints.jsonl')), '');
    await clock.advance(3 * DAY);
    await open(clock).append([body(2)]);
    expect(await chains()).toContain(old);
    await clock.advance(DAY);
    await open(clock).append([body(3)]);
    const files = await chains();
    expect(files).not.toContain(old);
    expect(files).toContain('not-a-chain.jsonl');
    expect(await readdir(join(directory, 'checkpoints'))).not.toContain(old.replace('.jsonl', '.checkpoints.jsonl'));
    expect((await linesOf(files.at(-2)))[0]).toMatchObject({ keptFrom: '2026-01-02T00:00:00.000Z' });
  });

  it('states in the trail which chains retention removes, and removes a hundred at a time', async () => {
    const clock = new ManualClock();
    const store = open(clock, { maxBytes: 1 });
    for (let n = 0; n < 120; n += 1) await store.append([body(n)]);
    const old = (await chains()).map((name) => name.replace('.jsonl', ''));
    await clock.advance(4 * DAY);
    await store.append([body(120)]);
    const left = await chains();
    expect(left).toHaveLength(120 - 100 + 1);
    expect((await linesOf(left.at(-1)))[1]).toMatchObject({ phase: 'retention', chains: old.slice(0, 100) });
    await store.append([body(121)]);
    expect(await chains()).toHaveLength(2);
    expect(eventsLogged()).toEqual(expect.arrayContaining(['audit.retention']));
  });

  it('recovers when the directory could not be written', async () => {
    await writeFile(directory, 'a file where the directory should be');
    const store = open();
    await expect(store.append([body(1)])).rejects.toThrow();
    await rm(directory);
    await store.append([body(2)]);
    expect(await linesOf((await chains())[0])).toMatchObject([{ phase: 'open' }, { n: 2 }]);
  });

  it('closes a file whose write failed, and records the bytes that the disk has of it', async () => {
    let isBroken = false;
    const clock = new ManualClock();
    const store = open(clock, {
      create: async (...location) => {
        const file = await openedHere(...location);
        return {
          append: async (text) => {
            await file.append(isBroken ? text.slice(0, 100) : text);
            if (isBroken) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
          },
          close: () => file.close(),
        };
      },
    });
    await store.append([body(1)]);
    isBroken = true;
    await expect(store.append([body(2)])).rejects.toThrow('full');
    isBroken = false;
    await clock.advance(5);
    await store.append([body(3)]);
    const [first, second] = await chains();
    expect(await linesOf(first)).toHaveLength(2);
    expect(await linesOf(second)).toMatchObject([{ after: { seq: 1, torn: 100 } }, { n: 3 }]);
  });

  it('refuses lines whose file was removed', async () => {
    const clock = new ManualClock();
    const store = open(clock);
    await store.append([body(1)]);
    await rm(directory, { recursive: true });
    await expect(store.append([body(2)])).rejects.toThrow();
    await clock.advance(5);
    await store.append([body(3)]);
    expect(await linesOf((await chains())[0])).toMatchObject([{ after: { seq: 1 } }, { n: 3 }]);
  });

  it('leaves no file without a first line when opening fails', async () => {
    await mkdir(directory);
    const store = open(new ManualClock(), {
      create: (location, chain, firstLine) => createChainFile(join(location, 'absent'), chain, firstLine),
    });
    await expect(store.append([body(1)])).rejects.toThrow();
    expect(await readdir(directory)).toEqual([]);
  });

  it('signs checkpoints every 1,000 records, after 10 s, and at the end', async () => {
    const clock = new ManualClock();
    const store = open(clock);
    /** The signed sequences, when there are `count` of them. */
    const signed = async (count: number): Promise<number[]> => {
      const folder = join(directory, 'checkpoints');
      const [file = ''] = await readdir(folder).catch(() => []);
      const lines = (await readFile(join(folder, file), 'utf8').catch(() => '')).split('\n').slice(0, -1);
      return lines.length < count ? signed(count) : lines.map((line) => JSON.parse(line).seq);
    };
    await store.append(Array.from({ length: 1000 }, (_, n) => body(n)));
    expect(await signed(1)).toEqual([1000]);
    await store.append([body(1)]);
    while (!clock.sleeping.includes(10_000)) await clock.advance(0);
    await clock.advance(9_000);
    await store.append([body(2)]);
    await clock.advance(1_000);
    expect(await signed(2)).toEqual([1000, 1002]);
    await store.seal();
    expect(await signed(3)).toEqual([1000, 1002, 1003]);
    expect(clock.sleeping).toEqual([]);
  });
});
