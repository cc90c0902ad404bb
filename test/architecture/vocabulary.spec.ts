import { basename, dirname } from 'node:path';
import { filesOfRepository, textOf } from '../support/repository';

const FILES = filesOfRepository();
const SOURCES = FILES.filter((file) => /^src\/.+\.ts$/.test(file));
const CODE = SOURCES.filter((file) => !file.endsWith('.spec.ts'));
/** Not the glossary, whose last column has the denied words, the style rules that forbid them, and the words of this spec. */
const WRITTEN = FILES.filter(
  (file) =>
    (/^(src|test|docs|\.github)\/.+\.(ts|cjs|md)$/.test(file) || /^[^/]+\.md$/.test(file)) &&
    !['docs/glossary.md', 'test/architecture/vocabulary.spec.ts'].includes(file),
);

/** "About a dozen": more is a flat module, which nobody can read at a glance. */
const MAX_FILES = 13;

/** Words of a dialect that only its authors understood, with the word of the glossary. */
const DENIED: Readonly<Record<string, string>> = {
  response: 'answer answers answered answering',
  query: 'question questions ask asks asked asking',
  module: 'room rooms house houses door doors floorplan',
  'fast path, queue': 'lane lanes',
  'state, attempt': 'exchange exchanges errand errands',
  'log, calls': 'journal journals journaled',
  'lock, tick': 'turn turns',
  'reconcile, probe': 'settling sighting sightings',
  'readiness, degraded': 'trouble troubles',
  anonymous: 'stranger strangers',
  'deadline, timeout': 'patience',
  'limit, principal, decision': 'allowance allowances ruling rulings verdict verdicts bearers',
  'alias, defaults to current': 'misspelt inherited',
  'message, placeholder': 'parcel parcels aside filler',
  'contract test': 'exam exams',
  'show, report': 'tell tells told telling',
  'is, has, remains': 'stands stood',
  rejected: 'refusal refusals',
};

/** Codes, routes and schemas of the API, names in Redis, and terms of others. */
const ALLOWED = [
  /answer-only-dropped/g,
  /'answered'|answered: 3/g,
  /:(turn|settling):|\*settling\*/g,
  /\/journal/g,
  /WebhookVerdict/g,
  /question marks/g,
];

function repeated(pairs: readonly (readonly [name: string, file: string])[]): readonly string[] {
  const files = new Map<string, string[]>();
  for (const [name, file] of pairs) files.set(name, [...(files.get(name) ?? []), file]);
  return [...files].filter(([, found]) => found.length > 1).map(([name, found]) => `${name}: ${found.join(', ')}`);
}

/** The words of a text, those within identifiers as well: `readAnswer` has "read" and "answer". */
function wordsOf(text: string): readonly string[] {
  return (text.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? []).map((word) => word.toLowerCase());
}

describe('the vocabulary', () => {
  it('has no file name twice outside of channels', () => {
    const files = SOURCES.filter((file) => !file.includes('/channels/'));
    expect(repeated(files.map((file) => [basename(file), file]))).toEqual([]);
  });

  it('has no exported class or type twice outside of the sandbox and the client', () => {
    const declared = CODE.filter((file) => !/^src\/(sandbox|client)\//.test(file)).flatMap((file) =>
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

  it('uses the words of the glossary in names and prose, and none of the denied ones', () => {
    const instead = new Map(Object.entries(DENIED).flatMap(([term, words]) => words.split(' ').map((w) => [w, term])));
    const found = WRITTEN.flatMap((file) =>
      textOf(file)
        .split('\n')
        .flatMap((line, index) => {
          const text = ALLOWED.reduce((rest, allowed) => rest.replaceAll(allowed, ''), line);
          const denied = wordsOf(text).filter((word) => instead.has(word));
          return denied.map((word) => `${file}:${index + 1} "${word}" (${instead.get(word)}): ${line.trim()}`);
        }),
    );
    expect(found).toEqual([]);
  });
});
