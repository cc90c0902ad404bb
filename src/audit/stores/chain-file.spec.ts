import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createChainFile } from './file-audit-store';
import { chainFileOf } from './trail-directory';

const CHAIN = `20260101T000000.000Z-${'0'.repeat(16)}`;

describe('createChainFile', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'chain-'));
  });

  afterEach(() => rm(directory, { recursive: true }));

  it('gives the file its name when it has its first line, and appends further lines', async () => {
    const file = await createChainFile(directory, CHAIN, 'first\n');
    expect(await readdir(directory)).toEqual([chainFileOf(CHAIN)]);
    await file.append('second\n');
    await file.close();
    expect(await readFile(join(directory, chainFileOf(CHAIN)), 'utf8')).toBe('first\nsecond\n');
  });

  it('leaves no file when the name is taken', async () => {
    await mkdir(join(directory, chainFileOf(CHAIN)));
    await expect(createChainFile(directory, CHAIN, 'first\n')).rejects.toThrow();
    expect(await readdir(directory)).toEqual([chainFileOf(CHAIN)]);
  });
});
