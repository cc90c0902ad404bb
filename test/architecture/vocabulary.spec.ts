import { basename, dirname } from 'node:path';
import { filesOfRepository, textOf } from '../support/repository';

const FILES = filesOfRepository();
const SOURCES = FILES.filter((file) => /^src\/.+\.ts$/.test(file));
const CODE = SOURCES.filter((file) => !file.endsWith('.spec.ts'));

/** "About a dozen": more is a flat module, which nobody can read at a glance. */
const MAX_FILES = 13;

function repeated(pairs: readonly (readonly [name: string, file: string])[]): readonly string[] {
  const files = new Map<string, string[]>();
  for (const [name, file] of pairs) files.set(name, [...(files.get(name) ?? []), file]);
  return [...files].filter(([, found]) => found.length > 1).map(([name, found]) => `${name}: ${found.join(', ')}`);
}

describe('the vocabulary', () => {
  it('has no file name twice outside of channels', () => {
    const files = SOURCES.filter((file) => !file.includes('/channels/'));
    expect(repeated(files.map((file) => [basename(file), file]))).toEqual([]);
  });

  it('has no exported class or type twice outside of the sandbox', () => {
    const declared = CODE.filter((file) => !file.startsWith('src/sandbox/')).flatMap((file) =>
      [...textOf(file).matchAll(/^export (?:abstract )?(?:class|interface|type) (\w+)/gm)].map(
        ([, name = '']) => [name, file] as const,
      ),
    );
    expect(repeated(declared)).toEqual([]);
  });

  it(`has no folder of src with more than ${MAX_FILES} files of code`, () => {
    const counts = new Map<string, number>();
    for (const file of CODE) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > MAX_FILES)).toEqual([]);
  });
});
