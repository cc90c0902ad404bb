import { filesOfRepository, textOf } from '../support/repository';

const TOP_LEVEL = new Set([
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'docker',
  'docs',
  'nest-cli.json',
  'package-lock.json',
  'package.json',
  'src',
  'test',
  'tsconfig.json',
]);

const MAX_LINES = 250;

/** Where the environment may be read: config reads it for the service, the others are entries of their own. */
const ENVIRONMENT_READERS = /^src\/(config\/.+|main\.ts|cli\/.+|.+\.spec\.ts)$/;

const FILES = filesOfRepository();
const CODE = FILES.filter((file) => /\.[cm]?[jt]s$/.test(file));
const SRC = CODE.filter((file) => file.startsWith('src/'));

/** The document's sample value of Slack's `state` (S-251) is no note of ours. */
const withoutSlackSample = (text: string) => text.replace(/(\\?["'`])TO[D]O:\1/g, '');

describe('the layout of the repository', () => {
  it('has at its top only what belongs there, and dot files', () => {
    const top = new Set(FILES.map((file) => file.replace(/\/.*/, '')));

    expect([...top].filter((name) => !name.startsWith('.') && !TOP_LEVEL.has(name))).toEqual([]);
    expect(SRC).not.toEqual([]);
  });

  it('has no default export', () => {
    expect(CODE.filter((file) => /^export\s+default\b|\bas\s+default\b/m.test(textOf(file)))).toEqual([]);
  });

  it('has no barrel', () => {
    expect(SRC.filter((file) => /(^|\/)index\.ts$/.test(file))).toEqual([]);
  });

  it(`has no file of src over ${MAX_LINES} lines, but for what is generated`, () => {
    const lengths = SRC.filter((file) => !file.endsWith('.generated.ts')).map((file) => ({
      file,
      lines: textOf(file).trimEnd().split('\n').length,
    }));

    expect(lengths.filter(({ lines }) => lines > MAX_LINES)).toEqual([]);
  });

  it('leaves no note of unfinished work', () => {
    const ours = FILES.filter((file) => file !== 'package-lock.json');

    expect(ours.filter((file) => /\b(TO[D]O|FIX[M]E)\b/.test(withoutSlackSample(textOf(file))))).toEqual([]);
  });

  it('reads the environment only in config and in entries', () => {
    const reading = /\bprocess\s*(\.|\[\s*['"`])\s*env\b|from\s+['"](node:)?process['"]/;
    const readers = SRC.filter((file) => reading.test(textOf(file)));

    expect(readers.filter((file) => !ENVIRONMENT_READERS.test(file))).toEqual([]);
  });
});
