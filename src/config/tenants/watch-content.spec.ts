import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ManualClock } from '../../../test/support/manual-clock';
import { watchContent } from './watch-content';

describe('watchContent', () => {
  let directory: string;
  let path: string;
  let clock: ManualClock;
  let changes: number;
  let stop: () => void;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'watch-content-'));
    path = join(directory, 'tenants.yaml');
    clock = new ManualClock();
    changes = 0;
  });
  afterEach(() => {
    stop();
    rmSync(directory, { recursive: true });
  });

  const watch = async () => {
    stop = await watchContent(path, clock, () => {
      changes += 1;
    });
  };
  /** The file system has threads of its own, so each step waits until the poll sleeps again. */
  const asleep = async () => {
    while (clock.sleeping.length === 0) await delay(1);
  };
  const aSecond = async () => {
    for (let step = 0; step < 10; step += 1) {
      await asleep();
      await clock.advance(100);
    }
    await asleep();
  };

  it('notices an edit in place, another file under the name, and its return after an absence', async () => {
    writeFileSync(path, 'one');
    await watch();
    const acts = [
      () => writeFileSync(path, 'two'),
      () => {
        writeFileSync(`${path}.new`, 'three');
        renameSync(`${path}.new`, path);
      },
      () => rmSync(path),
      () => writeFileSync(path, 'four'),
    ];
    for (const [index, act] of acts.entries()) {
      act();
      await aSecond();
      expect(changes).toBe(index + 1);
    }
  });

  it('notices the swap of a link above the file, as in Kubernetes, and ignores one that changes nothing', async () => {
    writeFileSync(join(directory, 'v1'), 'one');
    writeFileSync(join(directory, 'v2'), 'two');
    writeFileSync(join(directory, 'v3'), 'two');
    symlinkSync('v1', join(directory, '..data'));
    symlinkSync('..data', path);
    await watch();
    for (const [version, expected] of [
      ['v2', 1],
      ['v3', 1],
      ['v1', 2],
    ] as const) {
      symlinkSync(version, join(directory, '..new'));
      renameSync(join(directory, '..new'), join(directory, '..data'));
      await aSecond();
      expect(changes).toBe(expected);
    }
  });

  it('waits until a file stops changing', async () => {
    writeFileSync(path, 'one');
    await watch();
    writeFileSync(path, 'tw');
    await clock.advance(500);
    await asleep();
    writeFileSync(path, 'two');
    await clock.advance(100);
    await asleep();
    expect(changes).toBe(0);
    await clock.advance(100);
    await asleep();
    expect(changes).toBe(1);
  });

  it('does not poll once it is stopped', async () => {
    writeFileSync(path, 'one');
    await watch();
    stop();
    writeFileSync(path, 'two');
    await clock.advance(5000);
    expect(changes).toBe(0);
  });
});
