import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../../test/support/manual-clock';
import { createLogger } from '../../observability/log/logger';
import { Secret } from '../../secrets/secret';
import { SecretKeys } from '../../secrets/secret-keys';
import { TrailKey } from './chain';
import { Checkpoints, checkpointFileOf, readCheckpoint } from './checkpoints';

const key = new TrailKey(new SecretKeys(Secret.of('k'.repeat(32))));
const end = { chain: 'c', seq: 7, hash: 'h' };

describe('Checkpoints', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'checkpoints-'));
  });

  afterEach(() => rm(root, { recursive: true }));

  function setup() {
    const clock = new ManualClock();
    const lines: string[] = [];
    const logger = createLogger({ level: 'info', format: 'json', destination: { write: (line) => lines.push(line) } });
    const directory = join(root, 'checkpoints');
    const text = () => readFile(join(directory, checkpointFileOf('c')), 'utf8');
    return { clock, lines, directory, text, checkpoints: new Checkpoints(directory, key, clock, logger) };
  }

  it('signs chain, sequence and hash with the key that it names', async () => {
    const { checkpoints, text } = setup();
    checkpoints.note(end);
    await checkpoints.close();
    const checkpoint = readCheckpoint((await text()).trimEnd());
    expect(checkpoint).toMatchObject({ ...end, keyId: key.id });
    expect(key.hasSigned(checkpoint?.signed ?? '', checkpoint?.signature ?? '')).toBe(true);
    expect(key.hasSigned(`${checkpoint?.signed} `, checkpoint?.signature ?? '')).toBe(false);
  });

  it('tries again after a failure, on a new line, as the last one may be torn', async () => {
    const { checkpoints, clock, lines, directory, text } = setup();
    await writeFile(directory, 'a file where the directory should be');
    checkpoints.note(end, true);
    while (!clock.sleeping.includes(10_000)) await clock.advance(0);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 'warn', reason: 'EEXIST' }]);
    await rm(directory);
    await checkpoints.close();
    expect(await text()).toMatch(/^\n\{.*\}\n$/);
    expect(clock.sleeping).toEqual([]);
  });

  it('closes without an error when it still cannot write', async () => {
    const { checkpoints, directory, lines } = setup();
    await writeFile(directory, 'a file where the directory should be');
    checkpoints.note(end);
    await expect(checkpoints.close()).resolves.toBeUndefined();
    expect(lines).toHaveLength(1);
  });
});
