import { randomUUID } from 'node:crypto';
import { type Redis, RedisUnavailable } from '../../redis/redis';
import {
  type ChangeLog,
  GenerationRegistry,
  idSuffix,
  isGenerationId,
  type KnownChanges,
  numberOf,
  type RegistryListener,
} from './generation-registry';
import { type Affected, EVERYTHING, type TagChange } from './tenant-changes';

const CHANNEL = 'stagedoor:changes';
const EPOCH = 'stagedoor:epoch';
const LIFE_SECONDS = 86_400;
/** Changes of a tenant; the oldest one counts for all before it, so every thousandth write empties the tenant's cache. */
const MAX_CHANGES = 1_000;

/** `make` creates an id: the server's time in microseconds, or `least` + 1 if that is greater. `isId`: whether it is one. */
const IDS = `
  local function make(least, suffix)
    local time = redis.call('TIME')
    local number = math.max(time[1] * 1000000 + time[2], least + 1)
    return string.format('%016.0f', number) .. suffix
  end
  local function numberOf(id) return tonumber(string.sub(id, 1, 16)) end`;

/** Returns the id of the epoch and creates it if it is missing. The key does not expire, as a new epoch costs all entries. */
const READ_EPOCH = `${IDS}
  local id = redis.call('GET', KEYS[1])
  if id and #id == 22 and numberOf(id) then return id end
  id = make(0, ARGV[1])
  redis.call('SET', KEYS[1], id)
  return id`;

/**
 * Replaces the epoch, unless its number is greater than ARGV[5], if that is not 0. A full Redis accepts SET only in a script that has
 * written before, and DEL always.
 */
const REPLACE_EPOCH = `${IDS}
  local id = redis.call('GET', KEYS[1])
  local newer = id and #id == 22 and numberOf(id)
  if newer and tonumber(ARGV[5]) > 0 and newer > tonumber(ARGV[5]) then return id end
  redis.call('DEL', KEYS[1])
  local least = math.max(tonumber(ARGV[2]), id and numberOf(id) or 0)
  id = make(least, ARGV[1])
  redis.call('SET', KEYS[1], id)
  redis.call('PUBLISH', ARGV[3], ARGV[4] .. ' ' .. id)
  return id`;

/**
 * The log of a tenant is a sorted set of texts "id tags", by the number of the id, which a double has exactly. Returns whether it has the
 * change whose text is ARGV[2], its oldest text, and the texts after ARGV[2], or all, and the epoch of the tenant: that of the caller, or
 * a greater one that another replica has recorded.
 */
const READ_CHANGES = `${IDS}
  local oldest = redis.call('ZRANGE', KEYS[1], 0, 0)[1]
  if not oldest then
    oldest = make(0, ARGV[1]) .. ' ${EVERYTHING}'
    redis.call('ZADD', KEYS[1], numberOf(oldest), oldest)
  end
  local epoch = redis.call('GET', KEYS[2])
  if not (epoch and #epoch == 22 and (numberOf(epoch) or 0) > numberOf(ARGV[3])) and epoch ~= ARGV[3] then
    epoch = ARGV[3]
    redis.call('DEL', KEYS[2])
    redis.call('SET', KEYS[2], epoch)
  end
  for i = 1, 2 do
    if redis.call('TTL', KEYS[i]) < ${LIFE_SECONDS / 2} then redis.call('EXPIRE', KEYS[i], ${LIFE_SECONDS}) end
  end
  local number = ARGV[2] ~= '' and redis.call('ZSCORE', KEYS[1], ARGV[2])
  local from = number and '(' .. string.format('%.0f', tonumber(number)) or '-inf'
  local changes = redis.call('ZRANGEBYSCORE', KEYS[1], from, '+inf')
  return {number and 1 or 0, oldest, changes, epoch}`;

/**
 * Adds a change and notifies the replicas. Removing old texts comes first: a full Redis accepts ZADD only in a script that has written
 * before. A log that lacks what the caller knows has lost changes of others too, so the change then affects everything.
 */
const RECORD_CHANGE = `${IDS}
  redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -${MAX_CHANGES})
  local newest = redis.call('ZRANGE', KEYS[1], -1, -1)[1]
  local least = math.max(tonumber(ARGV[2]), newest and numberOf(newest) or 0)
  local isLost = not newest or numberOf(newest) < tonumber(ARGV[2]) or (ARGV[3] ~= '' and not redis.call('ZSCORE', KEYS[1], ARGV[3]))
  local affected = isLost and '${EVERYTHING}' or ARGV[4]
  if affected == '${EVERYTHING}' then redis.call('DEL', KEYS[1]) end
  local change = make(least, ARGV[1]) .. ' ' .. affected
  redis.call('ZADD', KEYS[1], numberOf(change), change)
  redis.call('EXPIRE', KEYS[1], ${LIFE_SECONDS})
  redis.call('PUBLISH', ARGV[5], ARGV[6] .. ' ' .. change)
  return change`;

export class RedisGenerationRegistry extends GenerationRegistry {
  readonly #replica = randomUUID();
  readonly #channel: string;
  #subscription: { readonly isListening: boolean } | undefined;

  constructor(private readonly redis: Redis) {
    super();
    this.#channel = redis.channel(CHANNEL);
  }

  override get isAvailable(): boolean {
    return this.redis.isAvailable;
  }

  override get isListening(): boolean {
    return this.#subscription?.isListening ?? false;
  }

  override listen({ onEpoch, onChange, onInterrupted, onReconnected, onListening }: RegistryListener): void {
    // Whether messages may have been lost since the connection for commands was.
    let wasDeaf = true;
    this.redis.onInterrupted(() => {
      wasDeaf = !this.isListening;
      onInterrupted();
    });
    this.redis.onReconnected((isContinued) => onReconnected(!isContinued || wasDeaf || !this.isListening));
    this.#subscription = this.redis.subscribe(CHANNEL, {
      onMessage: (message) => {
        const [replica, tenant = '', id = '', ...tags] = message.split(' ');
        if (replica === this.#replica) return;
        // A message without an id is not one of this version, and may be about any tenant.
        if (tenant === EVERYTHING || !isGenerationId(id)) onEpoch(isGenerationId(id) ? id : '');
        else onChange(tenant, changeOf([id, ...tags].join(' ')));
      },
      onStateChange: (isListening) => {
        if (isListening) onListening();
        else wasDeaf = true;
      },
    });
  }

  override async epoch(): Promise<string> {
    return idOf(await this.redis.eval(READ_EPOCH, [EPOCH], idSuffix()));
  }

  override async replaceEpoch(greatest: string | undefined, unlessNewerThan?: string): Promise<string> {
    const message = `${this.#replica} ${EVERYTHING}`;
    const values = [idSuffix(), numberOf(greatest), this.#channel, message, numberOf(unlessNewerThan)];
    return idOf(await this.redis.eval(REPLACE_EPOCH, [EPOCH], ...values));
  }

  override async changesOf(tenant: string, after: TagChange | undefined, epoch: string): Promise<ChangeLog> {
    const values = [idSuffix(), after ? textOf(after) : '', epoch];
    const reply = await this.redis.eval(READ_CHANGES, [logKey(tenant), epochKey(tenant)], ...values);
    const [hasAfter, oldest, texts, known]: unknown[] = Array.isArray(reply) ? reply : [];
    const changes = Array.isArray(texts) ? texts.map(changeOf) : [];
    const newest = changes.at(-1) ?? after;
    if (!newest) throw new RedisUnavailable();
    return { epoch: idOf(known), oldest: changeOf(oldest).id, newest, changes, hasAfter: hasAfter === 1 };
  }

  override async record(tenant: string, affected: Affected, { head, greatest }: KnownChanges): Promise<TagChange> {
    const values = [idSuffix(), numberOf(greatest), head ? textOf(head) : '', tagsOf(affected)];
    const message = `${this.#replica} ${tenant}`;
    return changeOf(await this.redis.eval(RECORD_CHANGE, [logKey(tenant)], ...values, this.#channel, message));
  }
}

const tagsOf = (affected: Affected) => (affected === EVERYTHING ? affected : affected.join(' '));
const textOf = ({ id, affected }: TagChange) => `${id} ${tagsOf(affected)}`;

/** Throws `RedisUnavailable` for anything but the text of a change. */
function changeOf(text: unknown): TagChange {
  const [id, ...tags] = typeof text === 'string' ? text.split(' ') : [];
  if (!isGenerationId(id)) throw new RedisUnavailable();
  return { id, affected: tags[0] === EVERYTHING ? EVERYTHING : tags };
}

function idOf(reply: unknown): string {
  if (!isGenerationId(reply)) throw new RedisUnavailable();
  return reply;
}

/** The tenant is the hash tag: log and epoch share a slot of a cluster with the tenant's entries. */
function logKey(tenant: string): string {
  return `stagedoor:{${tenant}}:changes`;
}

function epochKey(tenant: string): string {
  return `stagedoor:{${tenant}}:epoch`;
}
