import type { QuotaOwner } from '../context/quota';
import type { Span } from '../context/span';
import { Problem } from '../problems/problem';
import { seal, unseal } from '../secrets/seal';
import type { SecretKeys } from '../secrets/secret-keys';

const STATE_RANKS = { unknown: 0, running: 1, outdated: 2, answered: 3 } as const;

/** A request with an `Idempotency-Key`. */
export interface KeyedRequest {
  /** The owner of the quota that its state uses. */
  readonly owner: QuotaOwner;
  readonly tenant: string;
  /** `Tenant.visibility` under each configured `SECRET_KEY`. */
  readonly visibilities: readonly string[];
  readonly caller: string;
  /** Method and path. */
  readonly route: string;
  readonly key: string;
  /** Stored only as a keyed hash. */
  readonly body: string;
  readonly span?: Span | undefined;
}

/** A response as it was sent, with masked secrets (N1). */
export interface StoredResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent when it is too large; a repeated request then gets the integration `integrationId` as it is now. */
  readonly body?: string;
  /** The integration that was written. */
  readonly integrationId?: string;
}

/** The progress of the request with a key. The names of the states are stored, and read by replicas of other versions. */
export type Progress =
  /** `since`: milliseconds since the epoch. `owner`: a unique id of the run. */
  | { readonly state: 'running'; readonly since: number; readonly owner: string }
  /** The request may have taken effect. */
  | { readonly state: 'unknown' }
  | { readonly state: 'answered'; readonly response: StoredResponse }
  /** The response is for another visibility than the tenant has now. Never stored. */
  | { readonly state: 'outdated' };

/** As stored: `request` is a keyed hash of the request, `visibility` is `Tenant.visibility` at that time. */
type KeyState = Progress & { readonly request: string; readonly visibility: string };

/** A keyed request under one `SECRET_KEY`: the id of its state, and the seal of that state. */
export class RequestIdentity {
  readonly id: string;
  readonly #request: string;
  readonly #context: string;

  constructor(
    private readonly keys: SecretKeys,
    { tenant, caller, route, key, body }: KeyedRequest,
    private readonly visibility: string,
  ) {
    this.id = this.#mac('location', tenant, caller, route, key);
    this.#request = this.#mac('request', body);
    this.#context = `idempotency/${tenant}/${this.id}`;
  }

  seal(progress: Progress): string {
    const state: KeyState = { ...progress, request: this.#request, visibility: this.visibility };
    return seal(this.keys, this.#context, JSON.stringify(state));
  }

  /**
   * A text that cannot be opened gives no protection, so the request is rejected rather than run again.
   * @throws {Problem} `idempotency-unavailable`, or `idempotency-mismatch` for the state of another request
   */
  open(text: string): Progress {
    const opened = unseal(this.keys, this.#context, text);
    const state = opened && readKeyState(opened.reveal());
    if (!state) throw new Problem('idempotency-unavailable');
    if (state.request !== this.#request) throw new Problem('idempotency-mismatch');
    return state.state === 'answered' && state.visibility !== this.visibility ? { state: 'outdated' } : state;
  }

  #mac(...parts: readonly string[]): string {
    return this.keys.mac('idempotency', ...parts).toString('base64url');
  }
}

/**
 * Chooses between the different states that replicas with different keys may leave, when one that has a single `SECRET_KEY` took
 * over an abandoned run: a response, or else the run that began last.
 */
export function furthest(states: readonly Progress[]): Progress | undefined {
  return [...states].sort((a, b) => STATE_RANKS[b.state] - STATE_RANKS[a.state] || sinceOf(b) - sinceOf(a))[0];
}

function sinceOf(progress: Progress): number {
  return progress.state === 'running' ? progress.since : 0;
}

/** A state from its authenticated text; undefined for a text of an older version in another format. */
function readKeyState(text: string): KeyState | undefined {
  const value: unknown = JSON.parse(text);
  if (!isFields(value)) return undefined;
  const { state, request, since, owner, response, visibility } = value;
  if (typeof request !== 'string') return undefined;
  const identity = { request, visibility: typeof visibility === 'string' ? visibility : '' };
  if (state === 'unknown') return { state, ...identity };
  if (state === 'running' && typeof since === 'number' && typeof owner === 'string')
    return { state, ...identity, since, owner };
  const stored = readResponse(response);
  return state === 'answered' && stored ? { state, ...identity, response: stored } : undefined;
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
