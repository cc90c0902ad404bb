import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { ICruiseResult } from 'dependency-cruiser';
import { ROOT, rowsOfTable, textOf } from '../support/repository';

const CONFIG = '.dependency-cruiser.cjs';

type Edge = readonly [from: string, to: string];

/** Runs dependency-cruiser over `src` of a tree with the repository's own rules; its violations, one a line. */
function violationsIn(root: string): Promise<readonly string[]> {
  const cruiser = join(ROOT, 'node_modules/.bin/depcruise');
  const args = ['src', '--config', join(ROOT, CONFIG), '--output-type', 'json'];
  return new Promise((done, fail) => {
    // It exits with the number of errors it found, so the status says nothing that its report does not.
    execFile(cruiser, args, { cwd: root, maxBuffer: 2 ** 28 }, (error, report) => {
      if (error && report === '') return fail(error);
      const { summary }: ICruiseResult = JSON.parse(report);
      done(summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} -> ${to}`).sort());
    });
  });
}

/** One offence for each row of the table, and one for each rule beside it. */
const FORBIDDEN: readonly (readonly [rule: string, ...Edge])[] = [
  ['module-secrets', 'src/secrets/a.ts', 'src/clock/a.ts'],
  ['module-clock', 'src/clock/a.ts', 'src/problems/a.ts'],
  ['module-problems', 'src/problems/a.ts', 'src/secrets/b.ts'],
  ['module-json', 'src/json/a.ts', 'src/problems/b.ts'],
  ['module-config', 'src/config/a.ts', 'src/context/b.ts'],
  ['module-context', 'src/context/a.ts', 'src/channels/b.ts'],
  ['module-channels', 'src/channels/a.ts', 'src/config/b.ts'],
  ['module-observability', 'src/observability/a.ts', 'src/channels/b.ts'],
  ['module-redis', 'src/redis/a.ts', 'src/problems/b.ts'],
  ['module-cache', 'src/cache/a.ts', 'src/audit/b.ts'],
  ['module-audit', 'src/audit/a.ts', 'src/idempotency/b.ts'],
  ['module-idempotency', 'src/idempotency/a.ts', 'src/channels/b.ts'],
  ['module-access', 'src/access/a.ts', 'src/cache/b.ts'],
  ['module-hubster', 'src/hubster/a.ts', 'src/cache/b.ts'],
  ['module-integrations', 'src/integrations/a.ts', 'src/access/b.ts'],
  ['module-webhooks', 'src/webhooks/a.ts', 'src/hubster/b.ts'],
  ['module-api', 'src/api/a.ts', 'src/sandbox/b.ts'],
  ['module-cli', 'src/cli/a.ts', 'src/service.ts'],
  ['module-sandbox', 'src/sandbox/a.ts', 'src/secrets/b.ts'],
  ['module-client', 'src/client/a.ts', 'src/json/b.ts'],
  ['client-not-from-service', 'src/service.ts', 'src/client/b.ts'],
  ['module-unknown', 'src/helpers/a.ts', 'src/secrets/b.ts'],
  ['sandbox-not-from-app', 'src/app.module.ts', 'src/sandbox/b.ts'],
  ['test-support-only-in-specs', 'src/secrets/c.ts', 'test/support/clock.ts'],
  ['specs-import-test-support-only', 'src/secrets/c.spec.ts', 'test/contract/other.ts'],
  ['specs-are-not-imported', 'src/secrets/d.ts', 'src/secrets/b.spec.ts'],
  ['circular', 'src/clock/x.ts', 'src/clock/y.ts'],
  ['unresolvable', 'src/secrets/f.ts', './missing'],
];

const ALLOWED: readonly Edge[] = [
  // The way back of the cycle above, which is reported once.
  ['src/clock/y.ts', 'src/clock/x.ts'],
  ['src/main.ts', 'src/sandbox/b.ts'],
  ['src/main.ts', 'src/app.module.ts'],
  ['src/cli/c.ts', 'src/main.ts'],
  ['src/cli/c.ts', 'src/audit/b.ts'],
  ['src/app.module.ts', 'src/api/b.ts'],
  ['src/api/c.ts', 'src/access/b.ts'],
  ['src/webhooks/c.ts', 'src/integrations/b.ts'],
  ['src/integrations/c.ts', 'src/hubster/b.ts'],
  ['src/access/c.ts', 'src/redis/b.ts'],
  ['src/cache/c.ts', 'src/observability/b.ts'],
  ['src/audit/c.ts', 'src/context/b.ts'],
  ['src/hubster/c.ts', 'src/redis/b.ts'],
  ['src/observability/c.ts', 'src/config/b.ts'],
  ['src/secrets/e.spec.ts', 'test/support/clock.ts'],
];

/** Each module with what it may import, read back from the rules. */
function enforcedModules(): readonly (readonly [module: string, others: readonly string[]])[] {
  const { forbidden }: { forbidden: readonly Rule[] } = require(join(ROOT, CONFIG));
  return forbidden.flatMap(({ from, to: { pathNot } }) => {
    const [name, ...rest] = namesIn(from.path);
    if (name === undefined || rest.length > 0 || typeof pathNot !== 'string') return [];
    return [[name, namesIn(pathNot).filter((other) => other !== name)] as const];
  });
}

interface Rule {
  readonly from: { readonly path: string };
  readonly to: { readonly pathNot?: unknown };
}

/** The modules of a pattern such as `^src/(clock|json)/`. */
const namesIn = (pattern: string) => /^\^src\/\(([\w|]+)\)\/$/.exec(pattern)?.[1]?.split('|') ?? [];

/** Writes a file for each end of each edge. Only types are imported: a module that knows another's types knows that module. */
function writeTree(root: string, edges: readonly Edge[]): void {
  const files = edges.flat().filter((file) => file.endsWith('.ts'));
  for (const file of new Set(files)) {
    const imports = edges
      .filter(([from]) => from === file)
      .map(([, to]) => `import type {} from '${specifier(file, to)}';\n`);
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), `${imports.join('')}export {};\n`);
  }
}

function specifier(from: string, to: string): string {
  return to.endsWith('.ts') ? `./${relative(dirname(from), to).slice(0, -'.ts'.length)}` : to;
}

// Starting the cruiser takes seconds where the machine is busy.
jest.setTimeout(120_000);

describe('the directions of imports [S-750]', () => {
  it('are those of the table in docs/architecture.md', () => {
    const shown = rowsOfTable(textOf('docs/architecture.md'), 'module').map(([name, , others = '']) => [
      name,
      others === '–' ? [] : others.split(', '),
    ]);
    expect(shown).toEqual(enforcedModules());
  });

  it('are kept throughout src, without a cycle', async () => {
    await expect(violationsIn(ROOT)).resolves.toEqual([]);
  });

  it('are enforced: an offence against each row is found, what a row names is not', async () => {
    const tree = mkdtempSync(join(tmpdir(), 'stagedoor-imports-'));
    try {
      writeTree(tree, [...FORBIDDEN.map(([, from, to]): Edge => [from, to]), ...ALLOWED]);
      const expected = FORBIDDEN.map(([rule, from, to]) => `${rule}: ${from} -> ${to}`);

      await expect(violationsIn(tree)).resolves.toEqual(expected.sort());
    } finally {
      rmSync(tree, { recursive: true });
    }
  });
});
