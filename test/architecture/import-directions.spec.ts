import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import type { ICruiseResult } from 'dependency-cruiser';

const ROOT = resolve(__dirname, '../..');

type Edge = readonly [from: string, to: string];

/** Runs dependency-cruiser over `src` of a tree with the repository's own rules; its violations, one a line. */
function violationsIn(root: string): Promise<readonly string[]> {
  const cruiser = join(ROOT, 'node_modules/.bin/depcruise');
  const args = ['src', '--config', join(ROOT, '.dependency-cruiser.cjs'), '--output-type', 'json'];
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
  ['room-secrets', 'src/secrets/a.ts', 'src/clock/a.ts'],
  ['room-clock', 'src/clock/a.ts', 'src/problems/a.ts'],
  ['room-problems', 'src/problems/a.ts', 'src/secrets/b.ts'],
  ['room-json', 'src/json/a.ts', 'src/problems/b.ts'],
  ['room-config', 'src/config/a.ts', 'src/context/b.ts'],
  ['room-context', 'src/context/a.ts', 'src/channels/b.ts'],
  ['room-channels', 'src/channels/a.ts', 'src/config/b.ts'],
  ['room-observability', 'src/observability/a.ts', 'src/channels/b.ts'],
  ['room-redis', 'src/redis/a.ts', 'src/problems/b.ts'],
  ['room-cache', 'src/cache/a.ts', 'src/audit/b.ts'],
  ['room-audit', 'src/audit/a.ts', 'src/idempotency/b.ts'],
  ['room-idempotency', 'src/idempotency/a.ts', 'src/channels/b.ts'],
  ['room-access', 'src/access/a.ts', 'src/cache/b.ts'],
  ['room-hubster', 'src/hubster/a.ts', 'src/redis/b.ts'],
  ['room-integrations', 'src/integrations/a.ts', 'src/access/b.ts'],
  ['room-webhooks', 'src/webhooks/a.ts', 'src/hubster/b.ts'],
  ['room-api', 'src/api/a.ts', 'src/sandbox/b.ts'],
  ['room-sandbox', 'src/sandbox/a.ts', 'src/secrets/b.ts'],
  ['room-unknown', 'src/helpers/a.ts', 'src/secrets/b.ts'],
  ['sandbox-only-from-main', 'src/app.module.ts', 'src/sandbox/b.ts'],
  ['test-support-only-in-specs', 'src/secrets/c.ts', 'test/support/clock.ts'],
  ['specs-import-test-support-only', 'src/secrets/c.spec.ts', 'test/contract/exam.ts'],
  ['specs-are-not-imported', 'src/secrets/d.ts', 'src/secrets/b.spec.ts'],
  ['circular', 'src/clock/x.ts', 'src/clock/y.ts'],
  ['unresolvable', 'src/secrets/f.ts', './missing'],
];

const ALLOWED: readonly Edge[] = [
  // The way back of the cycle above, which is reported once.
  ['src/clock/y.ts', 'src/clock/x.ts'],
  ['src/main.ts', 'src/sandbox/b.ts'],
  ['src/main.ts', 'src/app.module.ts'],
  ['src/app.module.ts', 'src/api/b.ts'],
  ['src/api/c.ts', 'src/access/b.ts'],
  ['src/webhooks/c.ts', 'src/integrations/b.ts'],
  ['src/integrations/c.ts', 'src/hubster/b.ts'],
  ['src/access/c.ts', 'src/redis/b.ts'],
  ['src/cache/c.ts', 'src/observability/b.ts'],
  ['src/audit/c.ts', 'src/context/b.ts'],
  ['src/hubster/c.ts', 'src/channels/b.ts'],
  ['src/observability/c.ts', 'src/config/b.ts'],
  ['src/secrets/e.spec.ts', 'test/support/clock.ts'],
];

/** Writes a file for each end of each edge. Only types are imported: a room that knows another's types knows that room. */
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

describe('the directions of imports (S-750, design 11)', () => {
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
