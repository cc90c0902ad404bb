/** An answer as it was sent; its secrets are masked (N1). */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is known of the request that a key belongs to. `request` is a keyed hash of it. */
export type KeyState =
  /** `since`: milliseconds since the epoch. `owner` tells one run from another. */
  | { readonly state: 'running'; readonly request: string; readonly since: number; readonly owner: string }
  /** It may have been carried out. */
  | { readonly state: 'unknown'; readonly request: string }
  /** `visibility`: what the tenant saw (see `Tenant.visibility`). */
  | {
      readonly state: 'answered';
      readonly request: string;
      readonly visibility: string;
      readonly answer: KeptAnswer;
    };

/** A state from its text, which a seal has authenticated; undefined for what an older version may have written. */
export function readKeyState(text: string): KeyState | undefined {
  const value: unknown = JSON.parse(text);
  if (!isFields(value)) return undefined;
  const { state, request, since, owner, answer, visibility } = value;
  if (typeof request !== 'string') return undefined;
  if (state === 'unknown') return { state, request };
  if (state === 'running' && typeof since === 'number' && typeof owner === 'string')
    return { state, request, since, owner };
  const kept = readAnswer(answer);
  if (state !== 'answered' || !kept) return undefined;
  return { state, request, visibility: typeof visibility === 'string' ? visibility : '', answer: kept };
}

function readAnswer(value: unknown): KeptAnswer | undefined {
  if (!isFields(value)) return undefined;
  const { status, headers, body } = value;
  if (typeof status !== 'number' || typeof body !== 'string' || !isFields(headers)) return undefined;
  const texts = Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { status, headers: Object.fromEntries(texts), body };
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
