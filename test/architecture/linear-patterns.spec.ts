import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkSync } from 'recheck';
import ts from 'typescript';

const SRC = resolve(__dirname, '../../src');
/** In process and without Java; a pattern with large counts takes it a dozen seconds. */
process.env['RECHECK_BACKEND'] = 'pure';
const CHECK_MS = 60_000;

/** Files that make patterns at run time: of our own routes, and of what a test scripts at the sandbox. */
const COMPUTED = ['api/hooks/route-table.ts', 'sandbox/faults/fault.ts'];

interface Pattern {
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

/** Every regular expression literal of a file, and the calls of `RegExp`, which make patterns at run time. */
function patternsOf(file: string, text: string): { readonly patterns: Pattern[]; readonly isComputed: boolean } {
  const patterns: Pattern[] = [];
  let isComputed = false;
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      patterns.push({ file, source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    }
    const isCall = ts.isNewExpression(node) || ts.isCallExpression(node);
    isComputed ||= isCall && ts.isIdentifier(node.expression) && node.expression.text === 'RegExp';
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  return { patterns, isComputed };
}

const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
  .map((file) => ({ file, ...patternsOf(file, readFileSync(join(SRC, file), 'utf8')) }));

/** Each once. */
const PATTERNS = [
  ...new Map(
    FILES.flatMap(({ patterns }) =>
      patterns.map((pattern) => [`/${pattern.source}/${pattern.flags}`, pattern] as const),
    ),
  ),
];

const complexityOf = ({ source, flags }: Pattern) => checkSync(source, flags, { timeout: CHECK_MS }).status;

describe('patterns over foreign text', () => {
  it.each([
    ['a query in pairs', '([?&;])([^=&;]*)=([^&;]*)', 'g'],
    ['a back-reference', '^(?:\\?(?!.*?\\b(\\w+)=.*&\\1=)(\\w+=[\\w-]+(?:&\\w+=[\\w-]+)*))?$', ''],
    ['spaces at the end', '\\s+$', ''],
  ])('are found when they are not linear: %s', (_what, source, flags) => {
    expect(complexityOf({ file: '', source, flags })).toBe('vulnerable');
  });

  it('are found wherever they stand', () => {
    const text = 'const a = /x\\/y/gi; f(/[/]/); const b = new RegExp(c); const d = "/no/";';
    const { patterns, isComputed } = patternsOf('a.ts', text);
    expect(patterns.map(({ source, flags }) => [source, flags])).toEqual([
      ['x\\/y', 'gi'],
      ['[/]', ''],
    ]);
    expect(isComputed).toBe(true);
    expect(PATTERNS.length).toBeGreaterThan(50);
  });

  it('are literals, so that they are checked here', () => {
    expect(FILES.filter(({ isComputed }) => isComputed).map(({ file }) => file)).toEqual(COMPUTED);
  });

  it.each(PATTERNS)(
    'are linear: %s',
    (_text, pattern) => {
      expect([pattern.file, complexityOf(pattern)]).toEqual([pattern.file, 'safe']);
    },
    2 * CHECK_MS,
  );
});
