import type { Clock } from '../../clock/clock';
import type { RedisSettings } from '../../config/redis-settings';
import { connectOnce, createDriver } from '../redis-driver';
import { failureOf, type RedisFailure, type RedisReason } from './redis-reason';
import { type SelfTest, testRedis } from './redis-self-test';

/** What each reason means to whoever sets Redis up. */
const MEANINGS: Readonly<Record<RedisReason, string>> = {
  auth: 'user or password are not accepted',
  permission: 'the user may not run a command',
  tls: 'there is no TLS, or its certificate is not accepted',
  name: 'the name of the host has no address',
  refused: 'nothing listens there, or it closes the connection',
  timeout: 'there is no reply in time',
  oom: 'the memory is full',
  readonly: 'the server takes no writes: it is a replica, or cannot store them',
  moved: 'the server is part of a cluster: name several of its nodes',
  loading: 'the server is still loading its data',
  version: 'the server is older than Redis 6.2',
  policy: 'a full server removes keys, those of idempotency too: set maxmemory-policy to noeviction',
  other: 'the server has replied with another error',
};

/** The state of a Redis for a person: one line for each thing that is missing. */
export interface RedisReport {
  /** `away`: it could not be used. `incomplete`: something is missing. */
  readonly state: 'ok' | 'away' | 'incomplete';
  readonly lines: readonly string[];
}

/** Connects once, and runs the self-test. Never rejects; no line has an address, a user or a password. */
export async function checkRedis(settings: RedisSettings, clock: Clock): Promise<RedisReport> {
  const driver = createDriver(settings);
  let failure: RedisFailure | undefined;
  const keep = (error: unknown) => {
    failure ??= failureOf(error);
  };
  driver.on('error', keep);
  try {
    await connectOnce(driver);
    await driver.ping();
    return reportOf(await testRedis({ driver, settings, clock }));
  } catch (error) {
    return { state: 'away', lines: [`Redis: ${lineOf(failure ?? failureOf(error))}`] };
  } finally {
    driver.disconnect();
  }
}

function reportOf({ missing, unknown }: SelfTest): RedisReport {
  const unknowns = unknown.map(
    (what) => `Redis does not show its ${what}, as INFO is not permitted: check it yourself.`,
  );
  if (missing.length === 0) return { state: 'ok', lines: ['Redis has everything that is needed.', ...unknowns] };
  return { state: 'incomplete', lines: [...missing.map((failure) => `Redis: ${lineOf(failure)}`), ...unknowns] };
}

function lineOf({ reason, command }: RedisFailure): string {
  return `${reason}${command === undefined ? '' : ` ${command}`}: ${MEANINGS[reason]}.`;
}
