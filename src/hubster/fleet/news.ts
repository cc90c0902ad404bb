import { type News, TOPICS, type Topic } from './fleet';

/** Of a pause: as long as the longest timer, which is more than any `Retry-After` is taken for. */
const MAX_MS = 2 ** 31 - 1;
const MAX_COUNT = 1_000_000;

export interface FleetMessage {
  readonly replica: string;
  readonly tenant: string;
  readonly topic: Topic;
  readonly news: News;
}

/** One line of words; ids of tenants have no spaces. */
export function writeMessage({ replica, tenant, topic, news }: FleetMessage): string {
  return [replica, tenant, topic, news.kind, ...numbersOf(news)].join(' ');
}

function numbersOf(news: News): readonly number[] {
  if (news.kind === 'pause') return [news.ms, news.status];
  return news.kind === 'counts' ? [news.ok, news.failed] : [];
}

/** Undefined for anything that `writeMessage` does not write. Numbers are bounded. */
export function readMessage(text: string): FleetMessage | undefined {
  const [replica = '', tenant = '', word, kind, first, second] = text.split(' ', 7);
  const topic = TOPICS.find((known) => known === word);
  const news = newsOf(kind, first, second);
  return topic && news && { replica, tenant, topic, news };
}

/** A pause as Redis has stored it; undefined for anything else. */
export function storedPause(ms: unknown, status: unknown): News | undefined {
  return newsOf('pause', String(ms), String(status));
}

function newsOf(kind: string | undefined, first = '', second = ''): News | undefined {
  if (kind === 'resume') return { kind };
  const numbers = [first, second].map((word) => (/^\d{1,15}$/.test(word) ? Number(word) : undefined));
  const [one, other] = numbers;
  if (one === undefined || other === undefined) return undefined;
  if (kind === 'pause') return { kind, ms: Math.min(one, MAX_MS), status: other === 429 ? 429 : 503 };
  if (kind !== 'counts') return undefined;
  return { kind, ok: Math.min(one, MAX_COUNT), failed: Math.min(other, MAX_COUNT) };
}
