import { randomUUID } from 'node:crypto';
import type { Cluster, Redis as Driver } from 'ioredis';
import type { Clock } from '../../clock/clock';
import type { RedisSettings } from '../../config/redis-settings';
import { RedisUnavailable } from '../redis';
import { createSubscriber } from '../redis-driver';
import { RedisSubscription } from '../redis-subscription';
import { USED_COMMANDS } from './redis-commands';
import { failureOf, isRejection, type RedisFailure } from './redis-reason';
import { policyOf, type RedisServerInfo, readServerInfo } from './redis-server-info';

const CHANNEL = 'stagedoor:self-test';
/** For one message, connecting included, in milliseconds. */
const HEARD_WITHIN_MS = 2_000;

/** Between two tests while something is missing, in milliseconds. */
const TEST_AGAIN_MS = 60_000;

/** What Stagedoor needs of a Redis and does not find. */
export interface SelfTest {
  /** Each once. Without a command: of the server as a whole. */
  readonly missing: readonly RedisFailure[];
  /** What the server does not show it, as INFO and CONFIG are not permitted. */
  readonly unknown: readonly ('version' | 'policy')[];
  readonly policy: RedisServerInfo['policy'];
  /** Under this policy a full Redis loses keys of idempotency. */
  readonly isEvicting: boolean;
}

interface Tested {
  readonly driver: Driver | Cluster;
  readonly settings: RedisSettings;
  readonly clock: Clock;
  /** Ends the wait for the message. */
  readonly signal?: AbortSignal;
}

/** Tries each command that Stagedoor uses once, hears one message, and reads version and eviction policy. Never rejects. */
export async function testRedis(tested: Tested): Promise<SelfTest> {
  const { driver } = tested;
  const [commands, message, info] = await Promise.all([
    tryCommands(driver),
    hearMessage(tested),
    readServerInfoOf(driver).catch(() => readServerInfo(undefined)),
  ]);
  const policy = info.policy ?? (await readPolicy(driver));
  const isEvicting = policy !== undefined && policy !== 'noeviction';
  const missing: RedisFailure[] = [...commands, ...message];
  if (info.isReplica) missing.push({ reason: 'readonly' });
  if (info.isSupported === false) missing.push({ reason: 'version' });
  if (isEvicting) missing.push({ reason: 'policy' });
  return {
    missing: withoutRepeats(missing),
    unknown: [
      ...(info.isSupported === undefined ? (['version'] as const) : []),
      ...(policy === undefined ? (['policy'] as const) : []),
    ],
    policy,
    isEvicting,
  };
}

/** Repeats the test each minute until nothing is missing, or the signal ends it. */
export async function testUntilComplete(tested: Tested, onResult: (test: SelfTest) => void): Promise<void> {
  const { clock, signal } = tested;
  for (let isComplete = false; !isComplete && !signal?.aborted; ) {
    const test = await testRedis(tested);
    if (!signal?.aborted) onResult(test);
    isComplete = test.missing.length === 0;
    if (!isComplete) await clock.sleep(TEST_AGAIN_MS, signal).catch(() => undefined);
  }
}

/** INFO, which may not be permitted: then nothing is known. Rejects if the server is away. */
export async function readServerInfoOf(driver: Driver | Cluster): Promise<RedisServerInfo> {
  const reply = await driver.info().catch((error: unknown) => {
    const failure = failureOf(error);
    if (!isRejection(failure.reason)) throw new RedisUnavailable(failure.reason);
    return undefined;
  });
  return readServerInfo(reply);
}

/** The policy where INFO does not have it. */
async function readPolicy(driver: Driver | Cluster): Promise<RedisServerInfo['policy']> {
  const reply: unknown = await driver.config('GET', 'maxmemory-policy').catch(() => undefined);
  return policyOf(Array.isArray(reply) ? reply[1] : undefined);
}

async function tryCommands(driver: Driver | Cluster): Promise<readonly RedisFailure[]> {
  const key = `stagedoor:{self-test}:${randomUUID()}`;
  const keys = { text: key, hash: `${key}:hash`, set: `${key}:set` };
  const failures: RedisFailure[] = [];
  for (const [command, argumentsOf] of Object.entries(USED_COMMANDS)) {
    const failure = await driver.call(command, ...argumentsOf(keys)).then(() => undefined, failureOf);
    if (failure)
      failures.push(failure.reason === 'permission' || failure.reason === 'other' ? { ...failure, command } : failure);
  }
  return failures;
}

/** SUBSCRIBE on a connection of its own, and PUBLISH until the message arrives. */
async function hearMessage({ driver, settings, clock, signal }: Tested): Promise<readonly RedisFailure[]> {
  const message = randomUUID();
  const channel = settings.prefix + CHANNEL;
  const connect = (attempt: number) => createSubscriber(settings, driver, attempt);
  const heard = new AbortController();
  let failure: RedisFailure | undefined;
  const subscription = new RedisSubscription(connect, clock, channel, {
    onMessage: (text) => text === message && heard.abort(),
    onStateChange: (isListening) => {
      if (!isListening) return;
      driver.publish(channel, message).catch((error: unknown) => {
        failure = { command: 'PUBLISH', ...failureOf(error) };
        heard.abort();
      });
    },
    onRefused: (rejection) => {
      failure = rejection.reason === 'permission' ? { command: 'SUBSCRIBE', ...rejection } : rejection;
      heard.abort();
    },
  });
  const isOver = await clock
    .sleep(HEARD_WITHIN_MS, signal ? AbortSignal.any([heard.signal, signal]) : heard.signal)
    .then(
      () => true,
      () => false,
    );
  await subscription.close();
  if (failure) return [failure];
  return isOver ? [{ reason: 'timeout', command: 'SUBSCRIBE' }] : [];
}

/** Whether a new connection reaches a server that takes writes; true also if it does not show it. Closes the connection. */
export async function isPrimaryThere(driver: Driver | Cluster): Promise<boolean> {
  driver.on('error', () => undefined);
  try {
    await driver.connect();
    await driver.ping();
    return !(await readServerInfoOf(driver)).isReplica;
  } catch {
    return false;
  } finally {
    driver.disconnect();
  }
}

function withoutRepeats(failures: readonly RedisFailure[]): readonly RedisFailure[] {
  return [...new Map(failures.map((failure) => [JSON.stringify(failure), failure])).values()];
}
