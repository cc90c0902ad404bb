import { type Block, blocksOf, nameOf } from './blocks';

/** Blocks that no test runs, each with the reason. */
export const NOT_RUN: Readonly<Record<string, string>> = {
  '.github/CONTRIBUTING.md 1': 'runs all tests, so this one as well; .ci/run does it in CI',
  'docker/README.md 1':
    'needs a container engine; test/architecture/compose.spec.ts reads what it starts, and its keys',
  'docker/kubernetes/README.md 2': 'needs a cluster; test/kubernetes/manifests.spec.ts renders the same',
  'docs/clients.md 2': 'needs Docker and an image',
  'docs/releasing.md 1': 'commits, and runs all tests; test/release/version.spec.ts tries what it writes',
  'docs/releasing.md 2': 'publishes a tag',
  'docs/releasing.md 3': 'publishes an image and a package',
  'docs/releasing.md 4': 'needs what the step before publishes',
  'docs/operations.md 9': 'a log line on a terminal; src/observability/log/pretty-line.spec.ts expects its format',
  'test/faults/README.md 1': 'takes hours',
};

/** Blocks that another test runs, with that test. */
export const RUN_BY: Readonly<Record<string, string>> = {
  'docker/kubernetes/README.md 1': 'test/kubernetes/readme.spec.ts',
  'docs/clients.md 1': 'test/client/documented-program.spec.ts',
  'docs/operations.md 10': 'test/e2e/redis-setups.e2e.spec.ts',
  'docs/scaling.md 1': 'test/e2e/load-balancers.e2e.spec.ts',
  'docs/scaling.md 2': 'test/e2e/load-balancers.e2e.spec.ts',
  'docs/scaling.md 3': 'test/e2e/public-url.e2e.spec.ts',
  'docs/security.md 1': 'test/security/database-roles.spec.ts',
  'docs/security.md 2': 'test/security/database-roles.spec.ts',
};

/** A drawing has no command, code or output. test/architecture/documents.spec.ts searches for the files that drawings of docs/ name. */
const isDrawing = ({ language, text }: Block): boolean =>
  language === 'mermaid' || (language === 'text' && /[─│►▼]/.test(text));

/** What a test does with a block: runs it, compares it with what the block before it printed, saves it as a file for commands, or reads it. */
type Treatment = 'run' | 'run by another test' | 'output' | 'saved' | 'read' | 'drawn' | 'not run';

/** The file that a program is to be saved as: its first line names it. */
export const fileOf = ({ language, text }: Block): string | undefined =>
  ['js', 'ts'].includes(language) ? /^\/\/ (\w[\w.-]*\.m[jt]s)\n/.exec(text)?.[1] : undefined;

/** Undefined for a block that is in no list and of which no test knows what to do with it. */
export function treatmentOf(block: Block): Treatment | undefined {
  if (NOT_RUN[nameOf(block)] !== undefined) return 'not run';
  if (RUN_BY[nameOf(block)] !== undefined) return 'run by another test';
  if (block.language === 'sh') return 'run';
  if (block.printedBy) return 'output';
  if (isDrawing(block)) return 'drawn';
  const file = fileOf(block);
  const isUsed = (other: Block) =>
    other.language === 'sh' && other.number > block.number && other.text.includes(file ?? '');
  if (file !== undefined) return blocksOf(block.document).some(isUsed) ? 'saved' : undefined;
  return ['yaml', 'json'].includes(block.language) ? 'read' : undefined;
}
