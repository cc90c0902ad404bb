import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chainOf, TrailFolder } from '../../../test/support/audit/trail-folder';
import { ManualClock } from '../../../test/support/manual-clock';

let folder: TrailFolder;

beforeEach(async () => {
  folder = await TrailFolder.make();
  await folder.fill(new ManualClock());
});

afterEach(() => folder.close());

describe('an absent trail', () => {
  it('is no-trail when the directory is empty, or absent', async () => {
    for (const file of await readdir(folder.directory)) await rm(join(folder.directory, file), { recursive: true });
    expect(await folder.verify()).toEqual({ state: 'no-trail', chains: 0, lines: 0, findings: [] });
    await rm(folder.directory, { recursive: true });
    expect(await folder.verify()).toMatchObject({ state: 'no-trail' });
    await mkdir(folder.directory);
  });

  it('is tampered when it still has checkpoints', async () => {
    for (const file of await folder.chains()) await rm(join(folder.directory, file));
    expect(await folder.verify()).toMatchObject({ state: 'tampered' });
  });
});

describe('foreign files in a trail', () => {
  const NAME = `20260101T120000.000Z-${'0'.repeat(16)}`;

  it.each(['.jsonl', '.checkpoints.jsonl'])(
    'include a pipe with the name of a chain, which is reported without a wait: %s',
    async (suffix) => {
      const location = suffix === '.jsonl' ? folder.directory : folder.checkpoints;
      execFileSync('mkfifo', [join(location, `${NAME}${suffix}`)]);
      expect(await folder.verify()).toMatchObject({ state: 'tampered', findings: [{ chain: NAME }] });
    },
  );

  it('include a packed chain, which is named in the finding', async () => {
    const [, file = ''] = await folder.chains();
    await rename(join(folder.directory, file), join(folder.directory, `${file}.gz`));
    const [finding] = (await folder.verify()).findings;
    expect(finding).toMatchObject({ chain: chainOf(file), reason: expect.stringContaining(`${file}.gz`) });
  });

  it('include a checkpoint file full of garbage, with one finding for all its lines', async () => {
    const path = join(folder.checkpoints, `${NAME}.checkpoints.jsonl`);
    await writeFile(path, '{"x":"y"}\n'.repeat(10_000));
    await appendFile(path, 'x'.repeat(5_000_000));
    expect((await folder.verify()).findings).toMatchObject([{ chain: NAME, state: 'tampered' }]);
  });

  it('include a file with an endless line, a binary file and an empty name', async () => {
    await writeFile(join(folder.directory, `${NAME}.jsonl`), Buffer.alloc(20 * 1024 * 1024, 'x'));
    await writeFile(join(folder.directory, '.jsonl'), 'x');
    expect((await folder.verify()).findings).toMatchObject([{ chain: NAME, seq: 0 }]);
    await writeFile(join(folder.directory, `${NAME}.jsonl`), Buffer.from([0, 255, 10, 0, 10]));
    expect((await folder.verify()).findings).toMatchObject([{ chain: NAME, seq: 0 }]);
  });
});
