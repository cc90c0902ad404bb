import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../../test/support/manual-clock';
import { createLogger } from '../../observability/logger';
import { Secret } from '../../secrets/secret';
import { SecretKeys } from '../../secrets/secret-keys';
import { closeLine, NO_HASH, splitLine, TrailKey } from '../chain/chain';
import { type ChainFile, type CreateChainFile, createChainFile, FileAuditStore } from '../stores/file-audit-store';
import { verifyTrail } from './verify-trail';

const DAY = 24 * 60 * 60 * 1000;
const keyOf = (text: string) => new TrailKey(new SecretKeys(Secret.of(text.repeat(32))));
const key = keyOf('k');
const logger = createLogger({ level: 'silent', format: 'json' });

let original: string;
let directory: string;

beforeAll(async () => {
  original = await mkdtemp(join(tmpdir(), 'trail-'));
  await writeTrail(original);
});

afterAll(() => rm(original, { recursive: true }));

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trail-'));
  await cp(original, directory, { recursive: true });
});

afterEach(async () => {
  for (const file of files.splice(0)) await file.close();
  await rm(directory, { recursive: true });
});

const files: ChainFile[] = [];

/** Records the files, to close those of stores that are left open like in a crash. */
const openedHere: CreateChainFile = async (...location) => {
  const file = await createChainFile(...location);
  files.push(file);
  return file;
};

function storeIn(location: string, clock: ManualClock, options: { maxBytes?: number; key?: TrailKey } = {}) {
  const where = { directory: location, checkpointDirectory: join(location, 'checkpoints'), retentionMs: 3 * DAY };
  return new FileAuditStore(where, { key, clock, logger, create: openedHere, ...options });
}

const body = (n: number) => JSON.stringify({ phase: 'event', action: 'cache.purge', n });
const bodies = (from: number, count: number) => Array.from({ length: count }, (_, index) => body(from + index));

/** Four chains of 10 records: one cut by a crash within a line, two of a process that rotated, one sealed. */
async function writeTrail(location: string): Promise<void> {
  const clock = new ManualClock();
  await storeIn(location, clock).append(bodies(0, 10));
  await writeFile(join(location, (await filesOf(location))[0] ?? ''), '{"seq":11,"time":"2026', { flag: 'a' });
  await clock.advance(1000);
  const store = storeIn(location, clock, { maxBytes: 500 });
  for (const start of [10, 20, 30]) {
    await clock.advance(1000);
    await store.append(bodies(start, 10));
  }
  await store.seal();
}

async function filesOf(location: string): Promise<string[]> {
  return (await readdir(location)).filter((name) => name.endsWith('.jsonl')).sort();
}

const chainOf = (file: string) => file.replace('.jsonl', '');

async function verify(...keys: TrailKey[]) {
  return verifyTrail({
    directory,
    checkpointDirectory: join(directory, 'checkpoints'),
    keys: keys.length > 0 ? keys : [key],
  });
}

/** Rewrites the lines of the chain at `index`. */
async function edit(index: number, change: (lines: string[]) => string[]): Promise<string> {
  const file = (await filesOf(directory))[index] ?? '';
  const path = join(directory, file);
  const lines = (await readFile(path, 'utf8')).split(/(?<=\n)/);
  await writeFile(path, change(lines).join(''));
  return chainOf(file);
}

async function editCheckpoints(index: number, change: (text: string) => string): Promise<string> {
  const folder = join(directory, 'checkpoints');
  const file = (await readdir(folder)).sort()[index] ?? '';
  await writeFile(join(folder, file), change(await readFile(join(folder, file), 'utf8')));
  return file.replace('.checkpoints.jsonl', '');
}

/** Computes new hashes, as an attacker could with an own or a stolen key. */
function rechain(lines: readonly string[], forger: TrailKey): string[] {
  let hash = NO_HASH;
  return lines.map((line) => {
    const { hashed } = splitLine(Buffer.from(line.trimEnd())) ?? { hashed: Buffer.alloc(0) };
    hash = forger.hash(hash, hashed);
    return `${closeLine(hashed.toString(), hash)}\n`;
  });
}

const renumber = (line: string, seq: number) => line.replace(/"seq":\d+/, `"seq":${seq}`);

describe('a clean trail', () => {
  it('is ok after a crash within a line, a rotation and an orderly end', async () => {
    expect(await verify()).toEqual({ state: 'ok', chains: 4, lines: 4 + 40 + 3, findings: [] });
  });

  it('is ok while it is written, except for an end that nothing names yet', async () => {
    const clock = new ManualClock(Date.UTC(2026, 0, 1, 1));
    const store = storeIn(directory, clock);
    await store.append(bodies(0, 3));
    expect(await verify()).toMatchObject({ state: 'unanchored-tail', findings: [{ seq: 4 }] });
    await store.append(bodies(3, 997));
    await store.seal();
    expect(await verify()).toMatchObject({ state: 'ok' });
  });

  it('is ok after a change of SECRET_KEY if the previous one is given', async () => {
    const next = keyOf('n');
    const store = storeIn(directory, new ManualClock(Date.UTC(2026, 0, 1, 1)), { key: next });
    await store.append(bodies(0, 1));
    await store.seal();
    expect(await verify(next, key)).toMatchObject({ state: 'ok', chains: 5 });
    expect(await verify(next)).toMatchObject({ state: 'unknown-key' });
  });

  it('is ok without its checkpoints if its end is sealed', async () => {
    await rm(join(directory, 'checkpoints'), { recursive: true });
    expect(await verify()).toMatchObject({ state: 'ok' });
  });

  it('is ok with a checkpoint that is torn by a crash', async () => {
    await editCheckpoints(0, (text) => text.slice(0, -30));
    expect(await verify()).toMatchObject({ state: 'ok' });
  });

  it('reports progress up to the last byte', async () => {
    const seen: number[] = [];
    const onProgress = (done: number, total: number) => seen.push(done / total);
    await verifyTrail({ directory, checkpointDirectory: directory, keys: [key], onProgress });
    expect(seen.at(-1)).toBe(1);
  });
});

describe('the end of a trail', () => {
  it('is torn-tail after a crash within a line that no later process has recorded', async () => {
    await storeIn(directory, new ManualClock(Date.UTC(2026, 0, 1, 1))).append(bodies(0, 3));
    const chain = await edit(4, (lines) => [...lines.slice(0, -1), (lines.at(-1) ?? '').slice(0, 40)]);
    expect(await verify()).toMatchObject({ state: 'torn-tail', findings: [{ chain, seq: 3 }] });
  });

  it('is unanchored-tail after a crash between two lines', async () => {
    await storeIn(directory, new ManualClock(Date.UTC(2026, 0, 1, 1))).append(bodies(0, 3));
    expect(await verify()).toMatchObject({ state: 'unanchored-tail' });
  });
});

describe('tampering', () => {
  type Edit = (lines: string[]) => string[];
  /** Replaces text in one line. */
  const inLine =
    (n: number, from: string, to: string): Edit =>
    (lines) =>
      lines.with(n, (lines[n] ?? '').replace(from, to));
  const copied = (lines: string[], n: number, seq = n) => renumber(lines[n] ?? '', seq);
  const forger = keyOf('f');
  const cut = '{"seq":5';

  /** Description, index of the chain, the first sequence that is wrong then, and the edit. */
  const tampers: [string, number, number, Edit][] = [
    ['one changed byte', 1, 4, inLine(4, 'purge', 'purgE')],
    ['a changed time', 1, 4, inLine(4, '2026-', '2025-')],
    ['a changed hash', 1, 4, inLine(4, '"hash":"', '"hash":"A')],
    ['white space', 1, 4, inLine(4, ',"time"', ', "time"')],
    ['another line end', 1, 4, inLine(4, '\n', '\r\n')],
    ['another predecessor in the first line', 3, 0, inLine(0, '"torn":0', '"torn":9')],
    ['a dropped first line', 1, 0, (lines) => lines.slice(1)],
    ['a dropped middle line', 1, 5, (lines) => lines.toSpliced(5, 1)],
    ['a dropped middle line, the others renumbered', 1, 5, (lines) => lines.toSpliced(5, 1).map(renumber)],
    ['a dropped seal', 3, 11, (lines) => lines.slice(0, -1)],
    ['a dropped seal of an older chain', 1, 11, (lines) => lines.slice(0, -1)],
    ['a cut end', 2, 5, (lines) => lines.slice(0, 5)],
    ['a cut within a line', 2, 5, (lines) => [...lines.slice(0, 5), cut]],
    ['a cut end of a chain that crashed', 0, 8, (lines) => lines.slice(0, 8)],
    ['an empty file', 1, 0, () => []],
    ['an empty line', 1, 5, (lines) => lines.toSpliced(5, 0, '\n')],
    ['an inserted line', 1, 5, (lines) => lines.toSpliced(5, 0, copied(lines, 4, 5))],
    ['a repeated line', 1, 5, (lines) => lines.toSpliced(5, 0, copied(lines, 4))],
    ['two lines in another order', 1, 4, (lines) => lines.with(4, copied(lines, 5)).with(5, copied(lines, 4))],
    ['a later line in place of another', 1, 4, (lines) => lines.with(4, copied(lines, 6, 4))],
    ['a line behind the seal', 3, 12, (lines) => [...lines, copied(lines, 4, 12)]],
    ['text behind the seal', 3, 12, (lines) => [...lines, cut]],
    ['new hashes under another key', 1, 0, (lines) => rechain(lines, forger)],
    ['new hashes and the id of another key', 1, 0, (lines) => rechain(inLine(0, key.id, forger.id)(lines), forger)],
    [
      'a stolen key, where a later chain names a hash',
      0,
      10,
      (lines) => [...rechain(inLine(3, 'purge', 'purgE')(lines.slice(0, -1)), key), ...lines.slice(-1)],
    ],
    ['a stolen key behind a seal', 3, 12, (lines) => rechain([...lines, copied(lines, 4, 12)], key)],
  ];

  it.each(tampers)('finds %s and its sequence', async (_what, index, seq, change) => {
    const chain = await edit(index, change);
    const { state, findings } = await verify();
    expect(state).toBe('tampered');
    expect(findings.filter((finding) => finding.state === 'tampered')).toEqual([
      { state: 'tampered', chain, seq, reason: expect.any(String) },
    ]);
  });

  it('finds two files with exchanged names', async () => {
    const [, one = '', other = ''] = await filesOf(directory);
    await rename(join(directory, one), join(directory, 'x'));
    await rename(join(directory, other), join(directory, one));
    await rename(join(directory, 'x'), join(directory, other));
    const { state, findings } = await verify();
    expect(state).toBe('tampered');
    expect(findings).toMatchObject([
      { chain: chainOf(one), seq: 0 },
      { chain: chainOf(other), seq: 0 },
    ]);
  });

  it.each([0, 1, 2, 3])('finds that the chain with index %i is gone', async (index) => {
    const file = (await filesOf(directory))[index] ?? '';
    await rm(join(directory, file));
    const { state, findings } = await verify();
    expect(state).toBe('tampered');
    expect(findings[0]).toMatchObject({ chain: chainOf(file), seq: 0 });
  });

  it('finds a chain that was copied under a new name', async () => {
    const [, file = ''] = await filesOf(directory);
    const copy = `20260101T120000.000Z-${'0'.repeat(16)}`;
    await cp(join(directory, file), join(directory, `${copy}.jsonl`));
    expect(await verify()).toMatchObject({ state: 'tampered', findings: [{ chain: copy, seq: 0 }] });
  });

  it('finds a chain made of the beginning of one and the end of another', async () => {
    const end = (await readFile(join(directory, (await filesOf(directory))[2] ?? ''), 'utf8'))
      .split(/(?<=\n)/)
      .slice(6);
    const chain = await edit(1, (lines) => [...lines.slice(0, 6), ...end]);
    expect(await verify()).toMatchObject({ state: 'tampered', findings: [{ chain, seq: 6 }] });
  });

  it.each([
    ['sequence', (text: string) => text.replace(/"seq":\d+/, '"seq":5')],
    ['hash', (text: string) => text.replace(/(?<="hash":")./, (digit) => (digit === '_' ? '-' : '_'))],
    ['signature', (text: string) => text.replace(/"signature":"..../, '"signature":"AAAA')],
    ['form', (text: string) => text.replace('"chain"', '"chian"')],
    ['key', (text: string) => text.replace(key.id, 'f'.repeat(16))],
  ])('finds a checkpoint whose %s was edited', async (_what, change) => {
    const chain = await editCheckpoints(1, change);
    const { state, findings } = await verify();
    expect(state).toBe('tampered');
    expect(findings).toMatchObject([{ chain }]);
  });

  it('finds a new trail under the same key if the checkpoints are still there', async () => {
    for (const file of await filesOf(directory)) await rm(join(directory, file));
    const store = storeIn(directory, new ManualClock(Date.UTC(2026, 0, 1, 2)));
    await store.append(bodies(0, 10));
    await store.seal();
    expect(await verify()).toMatchObject({ state: 'tampered' });
  });

  it('finds a removed chain even if an edited line says that retention removed it', async () => {
    await edit(0, (lines) => lines.with(0, (lines[0] ?? '').replace(/"keptFrom":"\d{4}/, '"keptFrom":"2027')));
    const [, second = ''] = await filesOf(directory);
    await rm(join(directory, second));
    expect((await verify()).findings.map(({ chain }) => chain)).toContain(chainOf(second));
  });
});
