import { SystemClock } from '../../clock/clock';
import { type Config, ConfigError } from '../../config/config';
import { readConfig } from '../../config/environment/read-config';
import { fileReader } from '../../config/environment/read-file';
import { SCOPES } from '../../context/caller';
import { CommandFailure } from '../failure';
import { print } from '../terminal';

const EXIT_INVALID = 1;
const EXIT_REDIS = { ok: 0, away: 3, incomplete: 4 } as const;

/** Checks environment and tenants file; with `connect` also what they lead to. */
export async function checkConfiguration(connect: boolean): Promise<number> {
  const config = await valid(() => readConfig(process.env));
  await print(`The configuration is valid: ${await valid(() => summaryOf(config))}.\n`);
  return connect ? checkConnections(config) : 0;
}

async function valid<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof ConfigError ? new CommandFailure(EXIT_INVALID, error.message) : error;
  }
}

async function summaryOf({ mode, tenants: source }: Config): Promise<string> {
  if (source.kind === 'demo') return `${mode} mode, with the tenants of the sandbox`;
  const { loadTenants } = await import('../../config/tenants/load-tenants.js');
  const found = loadTenants(source, { env: process.env, readFile: fileReader(), scopes: SCOPES });
  const { tenants, callers, issuers } = found;
  return `${tenants.length} tenants, ${callers.length} callers, ${issuers.length} issuers`;
}

async function checkConnections({ redis, coordinationRedis }: Config): Promise<number> {
  if (!redis) {
    await print('REDIS_URL is not set: there is nothing to connect to.\n');
    return 0;
  }
  const { checkRedis } = await import('../../redis/health/check-redis.js');
  const clock = new SystemClock();
  const reports = await Promise.all([redis, coordinationRedis].map((one) => one && checkRedis(one, clock)));
  for (const line of reports.flatMap((report) => report?.lines ?? [])) await print(`${line}\n`);
  return Math.max(...reports.map((report) => (report ? EXIT_REDIS[report.state] : 0)));
}
