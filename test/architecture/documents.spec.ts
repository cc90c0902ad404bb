import { dirname, join, normalize } from 'node:path';
import { filesOfRepository, textOf } from '../support/repository';

const FILES = filesOfRepository();
const DOCUMENTS = FILES.filter((file) => file.endsWith('.md'));
/** What a path may lead to: a file, or a folder of one. */
const PATHS = new Set(FILES.flatMap((file) => [file, ...foldersOf(file)]));

/** Paths that documents name and that no clone has. */
const NOT_IN_A_CLONE = /^(dist|data|node_modules)(\/|$)/;

interface Link {
  readonly document: string;
  readonly target: string;
}

function foldersOf(file: string): readonly string[] {
  const parent = dirname(file);
  return parent === '.' ? [] : [parent, ...foldersOf(parent)];
}

const withoutFences = (text: string) => text.replaceAll(/^```[\s\S]*?^```/gm, '');

const withoutCode = (text: string) => withoutFences(text).replaceAll(/`[^`\n]*`/g, '');

/** Where the links of a document lead, those to other sites apart. */
function linksOf(document: string): readonly Link[] {
  const targets = [...withoutCode(textOf(document)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => !/^[a-z]+:/.test(target)).map((target) => ({ document, target }));
}

/** As GitHub makes them of headings. */
function anchorsOf(document: string): readonly string[] {
  const headings = [...withoutFences(textOf(document)).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .replaceAll(/\]\([^)]*\)/g, '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function isBroken({ document, target }: Link): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? document : normalize(join(dirname(document), path)).replace(/\/$/, '');
  if (!PATHS.has(file)) return true;
  return anchor !== undefined && (!file.endsWith('.md') || !anchorsOf(file).includes(anchor));
}

/** Paths of the repository in code spans: from the top, or in `src` from the module of a README. */
function pathsIn(document: string): readonly string[] {
  const spans = [...withoutFences(textOf(document)).matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  return spans.filter((span) => /^(src|test|docs|docker|\.github)\/[\w./-]*\w\/?$/.test(span));
}

describe('the documents of the repository', () => {
  it('link to files and headings that exist', () => {
    const links = DOCUMENTS.flatMap(linksOf);
    expect(links.length).toBeGreaterThan(50);
    expect(links.filter(isBroken)).toEqual([]);
  });

  it('name paths that exist', () => {
    const named = DOCUMENTS.flatMap((document) => pathsIn(document).map((path) => ({ document, path })));
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter(({ path }) => !PATHS.has(path.replace(/\/$/, '')) && !NOT_IN_A_CLONE.test(path))).toEqual([]);
  });

  it('name files that exist in the drawings of docs/architecture.md', () => {
    const named = [...textOf('docs/architecture.md').matchAll(/(?<![\w./-])[a-z]+\/[\w./-]+\.ts\b/g)].map(
      ([path]) => path,
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((path) => !PATHS.has(path) && !PATHS.has(`src/${path}`))).toEqual([]);
  });

  it('exist where comments of code name them', () => {
    const code = FILES.filter((file) => /^(src|test)\/.+\.(ts|cjs)$/.test(file));
    const named = code.flatMap((file) =>
      [...textOf(file).matchAll(/(?<![/\w])docs\/(?:decisions\/\d{4}[\w-]*|[\w-]+\.(?:md|yaml))/g)].map(([path]) => ({
        file,
        path,
      })),
    );
    const exists = (path: string) => PATHS.has(path) || [...PATHS].some((known) => known.startsWith(`${path}-`));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter(({ path }) => !exists(path))).toEqual([]);
  });

  it('name npm scripts that exist', () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(textOf('package.json'));
    const named = DOCUMENTS.flatMap((document) =>
      [...textOf(document).matchAll(/\bnpm run ([a-z][\w:-]*)/g)].map(([, script = '']) => ({ document, script })),
    );
    expect(named.filter(({ script }) => scripts[script] === undefined)).toEqual([]);
  });

  it('begin with whom they are for, in docs/', () => {
    const pages = DOCUMENTS.filter((file) => file.startsWith('docs/') && !/\/decisions\/\d/.test(file));
    const openings = pages.map((page) => [page, textOf(page).split('\n\n')[1]] as const);
    expect(openings.filter(([, opening = '']) => !/^For \w+/.test(opening))).toEqual([]);
  });
});
