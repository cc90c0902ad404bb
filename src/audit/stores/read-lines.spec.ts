import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { endOfWanted, linesBackwards, tornBytesOf } from './read-lines';

const BLOCK = 64 * 1024;

let directory: string;
let path: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lines-'));
  path = join(directory, 'file');
});

afterAll(() => rm(directory, { recursive: true }));

async function backwards(end?: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const { line } of linesBackwards(path, end)) lines.push(line.toString());
  return lines;
}

describe('linesBackwards', () => {
  it('yields every whole line once, wherever lines and blocks end', async () => {
    const length = fc.oneof(
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: BLOCK - 3, max: BLOCK + 3 }),
      fc.constant(3 * BLOCK),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(length, { maxLength: 8 }), fc.nat({ max: 80 }), async (lengths, torn) => {
        const lines = lengths.map((size, index) => `${index}é`.padEnd(size, '.'));
        await writeFile(path, `${lines.map((line) => `${line}\n`).join('')}${'t'.repeat(torn)}`);
        expect(await backwards()).toEqual(lines.toReversed());
        expect(await tornBytesOf(path)).toBe(torn);
      }),
      { numRuns: 30 },
    );
  });
});

describe('linesBackwards, in a file with text that is too long for a line', () => {
  it('skips it, at any position, in bounded memory', async () => {
    const garbage = 'x'.repeat(3 * 1024 * 1024);
    await writeFile(path, `one\ntwo\n${garbage}\nthree\n${garbage}`);
    expect(await backwards()).toEqual(['three', 'two', 'one']);
    await writeFile(path, garbage);
    expect(await backwards()).toEqual([]);
    await writeFile(path, `${garbage}\nlast\n`);
    expect(await backwards()).toEqual(['last']);
  });
});

describe('endOfWanted', () => {
  const COUNT = 6_000;
  const line = (n: number) => `${n}`.padEnd(100, '.');
  const numberOf = (text: Buffer) => Number.parseInt(text.toString(), 10);

  beforeEach(() => writeFile(path, Array.from({ length: COUNT }, (_, n) => `${line(n)}\n`).join('')));

  it.each([0, 1, 700, 3_000, COUNT - 1, COUNT])(
    'finds the end of the first %i lines by reading a few',
    async (wanted) => {
      let reads = 0;
      const end = await endOfWanted(path, (text) => {
        reads += 1;
        return numberOf(text) < wanted;
      });
      const lines = await backwards(end);
      const found = lines.filter((text) => Number.parseInt(text, 10) < wanted);
      expect(found).toHaveLength(wanted);
      expect(lines.length - found.length).toBeLessThan(BLOCK / 100 + 1);
      expect(reads).toBeLessThan(10);
    },
  );
});
