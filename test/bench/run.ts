import { cpus } from 'node:os';
import { audit } from './audit';
import { hits, memory, misses, type Scale, stampede, starts } from './benchmarks';
import { builds } from './builds';
import { enteredFiles } from './entered-files';
import { fairness } from './fairness';
import { type Row, table } from './figures';
import { growth } from './growth';
import { parts } from './parts';
import { redisHits } from './redis-hits';
import { Servers } from './servers';
import { stayOnCore } from './subject';
import { traces } from './traces';

const FULL: Scale = { pairs: 5, seconds: 4, requests: 2_000, entries: 100_000 };
const QUICK: Scale = { pairs: 1, seconds: 1, requests: 200, entries: 2_000 };

const BENCHMARKS: Readonly<Record<string, (servers: Servers, scale: Scale) => Promise<readonly Row[]>>> = {
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
  parts,
  traces,
};

const ON_REQUEST = new Set(['growth', 'audit', 'fairness', 'builds', 'files', 'parts', 'traces']);

/** `npm run bench -- [--quick] [benchmark …]`: prints a Markdown table. Some benchmarks run only when they are named. */
async function main(args: readonly string[]): Promise<void> {
  const scale = args.includes('--quick') ? QUICK : FULL;
  const named = args.filter((arg) => !arg.startsWith('--'));
  const chosen = named.length > 0 ? named : Object.keys(BENCHMARKS).filter((name) => !ON_REQUEST.has(name));
  stayOnCore(1);
  const servers = new Servers();
  const rows: Row[] = [];
  try {
    for (const name of chosen) {
      const benchmark = BENCHMARKS[name];
      if (!benchmark) throw new Error(`unknown benchmark ${name}; known are: ${Object.keys(BENCHMARKS).join(', ')}`);
      process.stderr.write(`${name} …\n`);
      rows.push(...(await benchmark(servers, scale)));
    }
  } finally {
    await servers.end();
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
