import { filesOfRepository, textOf } from '../support/repository';

/** Rows that no test can show, and why. */
const WITHOUT_TEST: Readonly<Record<string, string>> = {
  'S-014': 'refers to other rows',
  'S-204': 'says what no test may do',
};

const FILES = filesOfRepository().filter((file) => /\.(ts|cjs|js|md|yaml|json)$/.test(file));
/** All but this one, which has to name rows that no test cites. */
const TESTS = FILES.filter(
  (file) => /\.(spec|contract|scale)\.ts$/.test(file) && !file.endsWith('/requirements.spec.ts'),
);

/** The ids that a text cites, ranges such as "S-310 to S-322" by both ends. */
const citedIn = (text: string, kind: RegExp) => [...text.matchAll(kind)].map(([id]) => id);

/** The ids that begin the rows of a document. */
const rowsOf = (file: string) => [...textOf(file).matchAll(/^\| ([SN]-?\d+) \|/gm)].map(([, id = '']) => id);

describe('docs/requirements.md', () => {
  const rows = rowsOf('docs/requirements.md');

  it('has each id once', () => {
    expect(rows.length).toBeGreaterThan(150);
    expect(rows.filter((id, index) => rows.indexOf(id) !== index)).toEqual([]);
  });

  it('has a row for every id that code, tests and documents cite', () => {
    const unknown = FILES.flatMap((file) =>
      citedIn(textOf(file), /\bS-\d{3}\b/g)
        .filter((id) => !rows.includes(id))
        .map((id) => `${file}: ${id}`),
    );
    expect(unknown).toEqual([]);
  });

  it('has no row that no test cites', () => {
    const cited = new Set(TESTS.flatMap((file) => citedWithRanges(textOf(file), rows)));
    expect(rows.filter((id) => !cited.has(id))).toEqual(Object.keys(WITHOUT_TEST));
  });
});

describe('docs/guarantees.md', () => {
  const rows = rowsOf('docs/guarantees.md');

  it('has each guarantee once, and tests for each', () => {
    expect(rows).toEqual(rows.map((_, index) => `N${index + 1}`));
    const proofs = textOf('docs/guarantees.md').split('## Tests and limits')[1] ?? '';
    for (const id of rows) expect(proofs).toMatch(new RegExp(`\\*\\*${id}, [^*]+\\*\\*[^*]*\`(test|src)/`));
  });

  it('has a row for every guarantee that code, tests and documents cite', () => {
    const unknown = FILES.filter((file) => /^(src|test)\//.test(file)).flatMap((file) =>
      citedIn(textOf(file), /(?<=[ ([,])N\d{1,2}(?=[ )\],:])/g)
        .filter((id) => !rows.includes(id))
        .map((id) => `${file}: ${id}`),
    );
    expect(unknown).toEqual([]);
  });
});

/** As `citedIn`, and every row between the ends of a range. */
function citedWithRanges(text: string, rows: readonly string[]): readonly string[] {
  const ranges = [...text.matchAll(/\b(S-\d{3}) to (S-\d{3})\b/g)];
  const inRanges = ranges.flatMap(([, from = '', to = '']) => rows.filter((id) => id >= from && id <= to));
  return [...citedIn(text, /\bS-\d{3}\b/g), ...inRanges];
}
