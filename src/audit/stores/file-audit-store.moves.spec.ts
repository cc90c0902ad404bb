import { execFileSync } from 'node:child_process';
import { cp, mkdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { body, TrailFolder } from '../../../test/support/audit/trail-folder';
import { ManualClock } from '../../../test/support/manual-clock';

let folder: TrailFolder;

beforeEach(async () => {
  folder = await TrailFolder.make();
});

afterEach(() => folder.close());

describe('FileAuditStore whose files are moved or cut', () => {
  const interferences: readonly (readonly [string, string, (file: string) => Promise<unknown>])[] = [
    ['the directory is moved', 'file-moved', () => rename(folder.directory, `${folder.directory}-old`)],
    [
      'the directory is moved and another is in its place',
      'file-moved',
      () => rename(folder.directory, `${folder.directory}-old`).then(() => mkdir(folder.directory)),
    ],
    [
      'the directory is replaced by a copy',
      'file-moved',
      () =>
        rename(folder.directory, `${folder.directory}-old`).then(() =>
          cp(`${folder.directory}-old`, folder.directory, { recursive: true }),
        ),
    ],
    ['the file is removed', 'file-moved', (file) => rm(file)],
    [
      'the file is moved and linked',
      'file-moved',
      (file) => rename(file, join(folder.root, 'x')).then(() => symlink(join(folder.root, 'x'), file)),
    ],
    ['the file is cut', 'file-changed', (file) => truncate(file, 300)],
    ['another process writes to the file', 'file-changed', (file) => writeFile(file, 'x\n', { flag: 'a' })],
  ];

  it.each(interferences)(
    'refuses the batch when %s, and begins a chain that names the last durable line',
    async (_what, code, make) => {
      const clock = new ManualClock();
      const store = folder.open(clock);
      await store.append([body(1)]);
      await store.append([body(2)]);
      const [file = ''] = await folder.chains();
      await make(join(folder.directory, file));
      await expect(store.append([body(3)])).rejects.toMatchObject({ code });
      await clock.advance(500);
      await store.append([body(3)]);
      const last = await folder.linesOf((await folder.chains()).at(-1));
      expect(last).toMatchObject([{ after: { chain: file.replace('.jsonl', ''), seq: 2 } }, { n: 3 }]);
    },
  );

  it('is not blocked by a pipe with the name of a chain', async () => {
    await mkdir(folder.directory);
    execFileSync('mkfifo', [join(folder.directory, `29990101T000000.000Z-${'0'.repeat(16)}.jsonl`)]);
    const store = folder.open(new ManualClock());
    await store.append([body(1)]);
    for await (const { text } of store.newestFirst({})) expect(text).toContain('"seq"');
  });
});
