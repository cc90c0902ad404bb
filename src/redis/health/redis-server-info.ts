/** The least version of Redis. Every version of Valkey is newer. */
const LEAST = [6, 2] as const;
/** The longest reply to INFO that is read, in characters. */
const MAX_INFO = 64 * 1024;
/** Policies under which a full Redis evicts keys that did not expire. */
const POLICIES = [
  'noeviction',
  'allkeys-lru',
  'allkeys-lfu',
  'allkeys-lrm',
  'allkeys-random',
  'volatile-lru',
  'volatile-lfu',
  'volatile-lrm',
  'volatile-random',
  'volatile-ttl',
] as const;

type EvictionPolicy = (typeof POLICIES)[number];

/** What Stagedoor reads of INFO. A member is undefined where the server does not show it. */
export interface RedisServerInfo {
  /** Identifies the process and its history of data: a restart changes it, and a replica that becomes the primary. */
  readonly id: string | undefined;
  readonly isReplica: boolean;
  readonly isLoading: boolean;
  /** Whether it is Redis 6.2 or newer, or Valkey. */
  readonly isSupported: boolean | undefined;
  readonly policy: EvictionPolicy | undefined;
}

export function readServerInfo(reply: unknown): RedisServerInfo {
  const text = typeof reply === 'string' ? reply.slice(0, MAX_INFO) : '';
  const fields = new Map(
    text.split('\r\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1)] as const;
    }),
  );
  const [run, history] = [fields.get('run_id'), fields.get('master_replid')];
  return {
    id: run && history && `${run.slice(0, 40)} ${history.slice(0, 40)}`,
    isReplica: fields.get('role') === 'slave',
    isLoading: fields.get('loading') === '1' || fields.get('async_loading') === '1',
    isSupported: fields.get('server_name') === 'valkey' || isAtLeast(fields.get('redis_version')),
    policy: policyOf(fields.get('maxmemory_policy')),
  };
}

export function policyOf(text: unknown): EvictionPolicy | undefined {
  return POLICIES.find((policy) => policy === text);
}

function isAtLeast(version: string | undefined): boolean | undefined {
  const [, major, minor] = /^(\d{1,4})\.(\d{1,4})/.exec(version ?? '') ?? [];
  if (major === undefined) return undefined;
  return Number(major) > LEAST[0] || (Number(major) === LEAST[0] && Number(minor) >= LEAST[1]);
}
