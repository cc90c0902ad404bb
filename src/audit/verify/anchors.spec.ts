import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chainOf, TrailFolder } from '../../../test/support/audit/trail-folder';
import { ManualClock } from '../../../test/support/manual-clock';
import { type Anchor, readAnchor } from './evidence';

let folder: TrailFolder;

beforeEach(async () => {
  folder = await TrailFolder.make();
  await folder.fill(new ManualClock());
});

afterEach(() => folder.close());

describe('anchors that were noted elsewhere', () => {
  /** Removes the newest chain and its checkpoints; returns its last line. */
  const cutNewest = async () => {
    const chain = chainOf((await folder.chains()).at(-1) ?? '');
    const lines = (await readFile(join(folder.directory, `${chain}.jsonl`), 'utf8')).trimEnd().split('\n');
    const { seq, hash } = JSON.parse(lines.at(-1) ?? '');
    await rm(join(folder.directory, `${chain}.jsonl`));
    await rm(join(folder.checkpoints, `${chain}.checkpoints.jsonl`), { force: true });
    return { chain, seq, hash };
  };
  const verifyWith = (...anchors: Anchor[]) => folder.verify({ anchors });

  it('show that the newest chain was removed with its checkpoints, which no other check finds', async () => {
    const { chain, seq, hash } = await cutNewest();
    expect(await folder.verify()).toMatchObject({ state: 'ok', chains: 3 });
    expect(await verifyWith({ chain, seq })).toMatchObject({ state: 'tampered', findings: [{ chain, seq: 0 }] });
    expect(await verifyWith({ chain, seq, hash })).toMatchObject({ state: 'tampered' });
  });

  it('show that the end of a chain was cut, and that a line was replaced', async () => {
    await rm(folder.checkpoints, { recursive: true });
    const file = (await folder.chains())[3] ?? '';
    const chain = chainOf(file);
    const lines = (await readFile(join(folder.directory, file), 'utf8')).split(/(?<=\n)/);
    await writeFile(join(folder.directory, file), lines.slice(0, 4).join(''));
    expect(await folder.verify()).toMatchObject({ state: 'unanchored-tail' });
    expect(await verifyWith({ chain, seq: 5 })).toMatchObject({ state: 'tampered', findings: [{ chain, seq: 4 }] });
    expect(await verifyWith({ chain, seq: 3 })).toMatchObject({ state: 'unanchored-tail' });
    const other = 'A'.repeat(43);
    expect(await verifyWith({ chain, seq: 2, hash: other })).toMatchObject({ findings: [{ chain, seq: 2 }] });
  });

  it('accept a trail that has grown since', async () => {
    const files = await folder.chains();
    const anchors = await Promise.all(
      files.map(async (file) => {
        const { seq, hash } = JSON.parse((await readFile(join(folder.directory, file), 'utf8')).split('\n')[3] ?? '');
        return { chain: chainOf(file), seq, hash };
      }),
    );
    expect(await verifyWith(...anchors)).toMatchObject({ state: 'ok' });
  });

  it.each([
    [`20260101T000000.000Z-${'0'.repeat(16)}:7`, { chain: `20260101T000000.000Z-${'0'.repeat(16)}`, seq: 7 }],
    [
      `20260101T000000.000Z-${'0'.repeat(16)}:7:${'h'.repeat(43)}`,
      { chain: `20260101T000000.000Z-${'0'.repeat(16)}`, seq: 7, hash: 'h'.repeat(43) },
    ],
    ['x:7', undefined],
    [`20260101T000000.000Z-${'0'.repeat(16)}`, undefined],
    [`20260101T000000.000Z-${'0'.repeat(16)}:7:short`, undefined],
  ])('are read from %s', (text, anchor) => {
    expect(readAnchor(text)).toEqual(anchor);
  });
});
