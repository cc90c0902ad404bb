/** An answer as it was sent; its secrets are masked (N1). */
export interface StoredResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent when it is too large to be kept; `integrationId` then names what can be read instead. */
  readonly body?: string;
  /** What was written. */
  readonly integrationId?: string;
}

/** What is known of the request that a key belongs to. */
export type Progress =
  /** `since`: milliseconds since the epoch. `owner` tells one run from another. */
  | { readonly state: 'running'; readonly since: number; readonly owner: string }
  /** It may have been carried out. */
  | { readonly state: 'unknown' }
  | { readonly state: 'answered'; readonly response: StoredResponse }
  /** It was answered, but what the tenant may see has changed since. */
  | { readonly state: 'outdated' };

/** As it is kept: `request` is a keyed hash of the request, `visibility` what the tenant could see (see `Tenant.visibility`). */
export type KeyState = Progress & { readonly request: string; readonly visibility: string };

const RANK = { unknown: 0, running: 1, outdated: 2, answered: 3 } as const;

/**
 * What counts where replicas with different keys left different states, as one that knows a single `SECRET_KEY` took over what
 * another had left behind: an answer, or else the run that began last.
 */
export function furthest(states: readonly Progress[]): Progress | undefined {
  return [...states].sort((a, b) => RANK[b.state] - RANK[a.state] || sinceOf(b) - sinceOf(a))[0];
}

function sinceOf(progress: Progress): number {
  return progress.state === 'running' ? progress.since : 0;
}

/** A state from its text, which a seal has authenticated; undefined for what an older version may have written. */
export function readKeyState(text: string): KeyState | undefined {
  const value: unknown = JSON.parse(text);
  if (!isFields(value)) return undefined;
  const { state, request, since, owner, response, visibility } = value;
  if (typeof request !== 'string') return undefined;
  const identity = { request, visibility: typeof visibility === 'string' ? visibility : '' };
  if (state === 'unknown') return { state, ...identity };
  if (state === 'running' && typeof since === 'number' && typeof owner === 'string')
    return { state, ...identity, since, owner };
  const kept = readResponse(response);
  return state === 'answered' && kept ? { state, ...identity, response: kept } : undefined;
}

function readResponse(value: unknown): StoredResponse | undefined {
  if (!isFields(value)) return undefined;
  const { status, headers, body, integrationId } = value;
  if (typeof status !== 'number' || !isFields(headers)) return undefined;
  const texts = Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return {
    ...{ status, headers: Object.fromEntries(texts) },
    ...(typeof body === 'string' && { body }),
    ...(typeof integrationId === 'string' && { integrationId }),
  };
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
