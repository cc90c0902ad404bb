import { cpus } from 'node:os';
import { audit } from './audit';
import { builds } from './builds';
import { enteredFiles } from './entered-files';
import { fairness } from './fairness';
import { type Row, table } from './figures';
import { growth } from './growth';
import { redisHits } from './redis-hits';
import { Stage } from './stage';
import { stayOnCore } from './subject';
import { hits, memory, misses, type Scale, stampede, starts } from './works';

const FULL: Scale = { pairs: 5, seconds: 4, requests: 2_000, entries: 100_000 };
const QUICK: Scale = { pairs: 1, seconds: 1, requests: 200, entries: 2_000 };

const WORKS: Readonly<Record<string, (stage: Stage, scale: Scale) => Promise<readonly Row[]>>> = {
  hits,
  misses,
  stampede,
  redis: redisHits,
  memory,
  start: starts,
  audit,
  growth,
  fairness,
  builds,
  files: enteredFiles,
};

const WHEN_NAMED = new Set(['growth', 'audit', 'fairness', 'builds', 'files']);

/** `npm run bench -- [--quick] [work …]`: prints a Markdown table. Some works only when they are named. */
async function main(words: readonly string[]): Promise<void> {
  const scale = words.includes('--quick') ? QUICK : FULL;
  const named = words.filter((word) => !word.startsWith('--'));
  const chosen = named.length > 0 ? named : Object.keys(WORKS).filter((name) => !WHEN_NAMED.has(name));
  stayOnCore(1);
  const stage = new Stage();
  const rows: Row[] = [];
  try {
    for (const name of chosen) {
      const work = WORKS[name];
      if (!work) throw new Error(`no work is named ${name}; there are: ${Object.keys(WORKS).join(', ')}`);
      process.stderr.write(`${name} …\n`);
      rows.push(...(await work(stage, scale)));
    }
  } finally {
    await stage.end();
  }
  const [cpu] = cpus();
  process.stdout.write(
    `${table(rows)}\n\n${cpu?.model ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.version}\n`,
  );
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : 'the benchmark failed'}\n`);
    process.exit(1);
  },
);
