import { cp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bodies, chainOf, keyOf, TrailFolder } from '../../../test/support/audit/trail-folder';
import { ManualClock } from '../../../test/support/manual-clock';
import { closeLine, NO_HASH, splitLine, type TrailKey } from '../chain/chain';

const KEY = keyOf('k');

let folder: TrailFolder;

beforeEach(async () => {
  folder = await TrailFolder.make();
  await folder.fill(new ManualClock());
});

afterEach(() => folder.close());

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

describe('verifyTrail, of a trail that was tampered with', () => {
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
    ['new hashes and the id of another key', 1, 0, (lines) => rechain(inLine(0, KEY.id, forger.id)(lines), forger)],
    [
      'a stolen key, where a later chain names a hash',
      0,
      10,
      (lines) => [...rechain(inLine(3, 'purge', 'purgE')(lines.slice(0, -1)), KEY), ...lines.slice(-1)],
    ],
    ['a stolen key behind a seal', 3, 12, (lines) => rechain([...lines, copied(lines, 4, 12)], KEY)],
  ];

  it.each(tampers)('finds %s and its sequence', async (_what, index, seq, change) => {
    const chain = await folder.edit(index, change);
    const { state, findings } = await folder.verify();
    expect(state).toBe('tampered');
    expect(findings.filter((finding) => finding.state === 'tampered')).toEqual([
      { state: 'tampered', chain, seq, reason: expect.any(String) },
    ]);
  });

  it('finds two files with exchanged names', async () => {
    const [, one = '', other = ''] = await folder.chains();
    await rename(join(folder.directory, one), join(folder.directory, 'x'));
    await rename(join(folder.directory, other), join(folder.directory, one));
    await rename(join(folder.directory, 'x'), join(folder.directory, other));
    const { state, findings } = await folder.verify();
    expect(state).toBe('tampered');
    expect(findings).toMatchObject([
      { chain: chainOf(one), seq: 0 },
      { chain: chainOf(other), seq: 0 },
    ]);
  });

  it.each([0, 1, 2, 3])('finds that the chain with index %i is gone', async (index) => {
    const file = (await folder.chains())[index] ?? '';
    await rm(join(folder.directory, file));
    const { state, findings } = await folder.verify();
    expect(state).toBe('tampered');
    expect(findings[0]).toMatchObject({ chain: chainOf(file), seq: 0 });
  });

  it('finds a chain that was copied under a new name', async () => {
    const [, file = ''] = await folder.chains();
    const copy = `20260101T120000.000Z-${'0'.repeat(16)}`;
    await cp(join(folder.directory, file), join(folder.directory, `${copy}.jsonl`));
    expect(await folder.verify()).toMatchObject({ state: 'tampered', findings: [{ chain: copy, seq: 0 }] });
  });

  it('finds a chain made of the beginning of one and the end of another', async () => {
    const end = (await readFile(join(folder.directory, (await folder.chains())[2] ?? ''), 'utf8'))
      .split(/(?<=\n)/)
      .slice(6);
    const chain = await folder.edit(1, (lines) => [...lines.slice(0, 6), ...end]);
    expect(await folder.verify()).toMatchObject({ state: 'tampered', findings: [{ chain, seq: 6 }] });
  });

  it.each([
    ['sequence', (text: string) => text.replace(/"seq":\d+/, '"seq":5')],
    ['hash', (text: string) => text.replace(/(?<="hash":")./, (digit) => (digit === '_' ? '-' : '_'))],
    ['signature', (text: string) => text.replace(/"signature":"..../, '"signature":"AAAA')],
    ['form', (text: string) => text.replace('"chain"', '"chian"')],
    ['key', (text: string) => text.replace(KEY.id, 'f'.repeat(16))],
  ])('finds a checkpoint whose %s was edited', async (_what, change) => {
    const chain = await folder.editCheckpoints(1, change);
    const { state, findings } = await folder.verify();
    expect(state).toBe('tampered');
    expect(findings).toMatchObject([{ chain }]);
  });

  it('finds a new trail under the same key if the checkpoints are still there', async () => {
    for (const file of await folder.chains()) await rm(join(folder.directory, file));
    const store = folder.open(new ManualClock(Date.UTC(2026, 0, 1, 2)));
    await store.append(bodies(0, 10));
    await store.seal();
    expect(await folder.verify()).toMatchObject({ state: 'tampered' });
  });

  it('finds a removed chain even if an edited line says that retention removed it', async () => {
    await folder.edit(0, (lines) => lines.with(0, (lines[0] ?? '').replace(/"keptFrom":"\d{4}/, '"keptFrom":"2027')));
    const [, second = ''] = await folder.chains();
    await rm(join(folder.directory, second));
    expect((await folder.verify()).findings.map(({ chain }) => chain)).toContain(chainOf(second));
  });
});
