import { REDIS_COMMANDS, type RedisCommand } from '../../observability/metrics/label-sets';

/** The keys of the self-test, which share a slot of a cluster; of its own for each run, and gone within ten seconds. */
interface TestKeys {
  readonly text: string;
  readonly hash: string;
  readonly set: string;
}

type Try = (keys: TestKeys) => readonly (string | number)[];

/**
 * Every command that Stagedoor sends, also in scripts, with arguments for the self-test, in an order in which each finds what it
 * needs. `test/architecture/redis-commands.spec.ts` compares the list with the code.
 */
export const USED_COMMANDS: Readonly<Record<Exclude<RedisCommand, MessageCommand>, Try>> = {
  PING: () => [],
  TIME: () => [],
  SET: ({ text }) => [text, '1', 'PX', 10_000],
  GET: ({ text }) => [text],
  GETRANGE: ({ text }) => [text, 0, 1],
  APPEND: ({ text }) => [text, '1'],
  RENAME: ({ text }) => [text, text],
  TTL: ({ text }) => [text],
  PTTL: ({ text }) => [text],
  EXPIRE: ({ text }) => [text, 10],
  PEXPIRE: ({ text }) => [text, 10_000],
  EVAL: ({ text }) => ['return 1', 1, text],
  HSET: ({ hash }) => [hash, 'a', '1'],
  HINCRBY: ({ hash }) => [hash, 'a', 1],
  HGET: ({ hash }) => [hash, 'a'],
  HGETALL: ({ hash }) => [hash],
  HDEL: ({ hash }) => [hash, 'a'],
  ZADD: ({ set }) => [set, 1, 'a'],
  ZSCORE: ({ set }) => [set, 'a'],
  ZRANGE: ({ set }) => [set, 0, 0],
  ZRANGEBYSCORE: ({ set }) => [set, '-inf', '+inf'],
  ZREMRANGEBYRANK: ({ set }) => [set, 0, -1],
  DEL: ({ text, hash, set }) => [text, hash, set],
};

/** Sent in another way than the others: the self-test hears one message. */
export const MESSAGE_COMMANDS = ['SUBSCRIBE', 'PUBLISH'] as const;
type MessageCommand = (typeof MESSAGE_COMMANDS)[number];

/** The command of this name, in any case, if Stagedoor sends it. */
export function usedCommand(name: string): RedisCommand | undefined {
  const upper = name.toUpperCase();
  return REDIS_COMMANDS.find((command) => command === upper);
}
