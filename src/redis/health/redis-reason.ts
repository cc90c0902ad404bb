import type { REDIS_REASONS, RedisCommand } from '../../observability/metrics/label-sets';
import { usedCommand } from './redis-commands';

/** Why a command or a connection fails. A closed set: the log, `degraded` and metrics have nothing else of an error. */
export type RedisReason = (typeof REDIS_REASONS)[number];

/** All that is kept of an error of the driver, whose text has keys, values, users and addresses. */
export interface RedisFailure {
  readonly reason: RedisReason;
  /** Of `permission`: the command that is not permitted, if it is one that Stagedoor uses. */
  readonly command?: string;
}

/** The first word of an error reply. Those without a row here are `other`. */
const OF_REPLY: Readonly<Record<string, RedisReason>> = {
  NOAUTH: 'auth',
  WRONGPASS: 'auth',
  DENIED: 'auth',
  NOPERM: 'permission',
  OOM: 'oom',
  READONLY: 'readonly',
  MISCONF: 'readonly',
  NOREPLICAS: 'readonly',
  MOVED: 'moved',
  CROSSSLOT: 'moved',
  CLUSTERDOWN: 'moved',
  TRYAGAIN: 'moved',
  LOADING: 'loading',
  MASTERDOWN: 'loading',
  BUSY: 'timeout',
};

/** Replies that begin with ERR, and errors of the driver, which have no code. */
const OF_TEXT: readonly (readonly [RegExp, RedisReason])[] = [
  [/^ERR (?:invalid password|Client sent AUTH|AUTH )/, 'auth'],
  [/can't run this command|unknown command|ACL failure/i, 'permission'],
  [/max number of clients/, 'refused'],
  [/timed? ?out/i, 'timeout'],
  [/connection is closed|isn't (?:writeable|ready)|startup nodes/i, 'refused'],
  [/redirections/, 'moved'],
];

const OF_CODE: readonly (readonly [RegExp, RedisReason])[] = [
  [/^(?:ENOTFOUND|EAI_\w+)$/, 'name'],
  [/^ETIMEDOUT$/, 'timeout'],
  [/^(?:EPROTO|ERR_(?:TLS|SSL)_\w+|CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+|HOSTNAME_MISMATCH)$/, 'tls'],
  [/^E[A-Z]+$/, 'refused'],
];

/** Of these the server is there and replies: a new connection would not help. */
const REJECTIONS: ReadonlySet<RedisReason> = new Set([
  'auth',
  'permission',
  'oom',
  'readonly',
  'moved',
  'version',
  'policy',
  'other',
]);

/** Whether Redis is there and refuses, in contrast to being away. */
export function isRejection(reason: RedisReason): boolean {
  return REJECTIONS.has(reason);
}

/** Reads the error of the driver. */
export function failureOf(error: unknown): RedisFailure {
  if (!(error instanceof Error)) return { reason: 'other' };
  if ('lastNodeError' in error && error.lastNodeError) return failureOf(error.lastNodeError);
  const reason = reasonOf(error, 'code' in error ? String(error.code) : '');
  const command = reason === 'permission' ? commandOf(error) : undefined;
  return command === undefined ? { reason } : { reason, command };
}

function reasonOf({ message }: Error, code: string): RedisReason {
  // The limit of the text: a server can send a line of any length.
  const text = message.slice(0, 500);
  const [, reply = ''] = /^-?([A-Z]+) /.exec(text) ?? [];
  const find = (rows: readonly (readonly [RegExp, RedisReason])[], value: string) =>
    rows.find(([pattern]) => pattern.test(value))?.[1];
  return OF_REPLY[reply] ?? (code ? find(OF_CODE, code) : undefined) ?? find(OF_TEXT, text) ?? 'other';
}

/** The command that the reply names, as in a script, or else the one that was sent. */
function commandOf(error: Error): RedisCommand | undefined {
  const [, named = ''] =
    /'([a-z]{1,20})(?:\|[a-z-]+)?' command|command '?([a-z]{1,20})'?/i.exec(error.message.slice(0, 500)) ?? [];
  return usedCommand(named) ?? sentCommandOf(error);
}

/** The command that has this error as its reply; undefined for an error of the connection, and where there was no reply. */
export function sentCommandOf(error: unknown): RedisCommand | undefined {
  return error instanceof Error && 'command' in error ? usedCommand(nameIn(error.command)) : undefined;
}

function nameIn(command: unknown): string {
  return typeof command === 'object' && command !== null && 'name' in command ? String(command.name) : '';
}
