import { SystemClock } from '../clock/clock';
import type { Config } from '../config/config';
import { readConfig } from '../config/environment/read-config';
import { fileReader } from '../config/environment/read-file';
import { loadTenants } from '../config/tenants/load-tenants';
import { SCOPES } from '../context/caller';
import { checkRedis } from '../redis/health/check-redis';

const EXIT_INVALID = 1;
const EXIT_USAGE = 2;
const EXIT_REDIS = { ok: 0, away: 3, incomplete: 4 } as const;

const USAGE = `Usage: npm run config:check -- [--connect]

Checks environment and tenants file, with every violation, and starts nothing.
--connect: also connects to Redis, tries each command that is used, and reads version and eviction policy.

Exit status: 0 ok, 1 invalid, 2 wrong usage, 3 Redis cannot be used, 4 Redis lacks something`;

/** Returns the exit status. */
async function main(options: readonly string[]): Promise<number> {
  if (options.some((option) => option !== '--connect')) {
    console.error(USAGE);
    return EXIT_USAGE;
  }
  const config = readConfig(process.env);
  console.log(`The configuration is valid: ${summaryOf(config)}.`);
  return options.length === 0 ? 0 : connect(config);
}

function summaryOf({ mode, tenants: source }: Config): string {
  if (source.kind === 'demo') return `${mode} mode, with the tenants of the sandbox`;
  const found = loadTenants(source, { env: process.env, readFile: fileReader(), scopes: SCOPES });
  const { tenants, callers, issuers } = found;
  return `${tenants.length} tenants, ${callers.length} callers, ${issuers.length} issuers`;
}

async function connect({ redis, coordinationRedis }: Config): Promise<number> {
  if (!redis) {
    console.log('REDIS_URL is not set: there is nothing to connect to.');
    return 0;
  }
  const clock = new SystemClock();
  const reports = await Promise.all([redis, coordinationRedis].map((one) => one && checkRedis(one, clock)));
  for (const line of reports.flatMap((report) => report?.lines ?? [])) console.log(line);
  return Math.max(...reports.map((report) => (report ? EXIT_REDIS[report.state] : 0)));
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : 'The configuration cannot be read.');
    process.exitCode = EXIT_INVALID;
  },
);
