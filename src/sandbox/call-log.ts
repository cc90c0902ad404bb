import { type SandboxRequest } from './http/sandbox-request';
import { maskedForm, TOKEN_PATH } from './identity/token-endpoint';
import { parseJson } from './json';
import type { Effect } from './portal/portal-call';

/** Entries kept; older ones are dropped. */
const LIMIT = 100_000;

/** One request to identity or portal. Client secrets and bearer tokens are masked, everything else is as it came. */
export interface CallLogEntry {
  /** Counts up from 1, over resets too. */
  readonly seq: number;
  /** RFC 3339: when the request was carried out, or when a fault decided that it is not. */
  readonly time: string;
  readonly tenant: string | null;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | null>>;
  /** Parsed where it is JSON, otherwise the text; null for no body. */
  readonly body: unknown;
  /** The status that was sent or begun; null where the client gets no status line at all. */
  readonly status: number | null;
  /** Whether an integration was created, updated or deleted, whatever the client was told. */
  readonly applied: boolean;
  readonly effect: Effect | null;
  /** Id of the fault that hit this request. */
  readonly fault: string | null;
}

interface Happening {
  readonly request: SandboxRequest;
  readonly tenant: string | null;
  readonly status: number | null;
  readonly effect: Effect | null;
  readonly fault: string | null;
}

/** What reached Hubster, in order. */
export class CallLog {
  #entries: CallLogEntry[] = [];
  #lastSeq = 0;

  record({ request, tenant, status, effect, fault }: Happening): void {
    this.#lastSeq += 1;
    this.#entries.push({
      seq: this.#lastSeq,
      time: new Date().toISOString(),
      tenant,
      method: request.method,
      path: request.path,
      query: Object.fromEntries(request.query),
      headers: shownHeaders(request),
      body: shownBody(request),
      status,
      applied: effect !== null,
      effect,
      fault,
    });
    if (this.#entries.length > LIMIT) this.#entries.shift();
  }

  /** Entries with a higher `seq`. */
  after(seq: number): readonly CallLogEntry[] {
    const first = this.#entries[0]?.seq ?? 0;
    return this.#entries.slice(Math.max(0, seq - first + 1));
  }

  clear(): void {
    this.#entries = [];
  }
}

function shownHeaders({ headers }: SandboxRequest): CallLogEntry['headers'] {
  const names = ['content-type', 'accept', 'x-request-id', 'traceparent', 'user-agent'];
  const { authorization } = headers;
  return {
    ...Object.fromEntries(names.map((name) => [name, headers[name]?.toString() ?? null])),
    authorization: authorization === undefined ? null : authorization.replace(/^(Bearer +)?.*$/is, '$1***'),
  };
}

function shownBody(request: SandboxRequest): unknown {
  const body = request.path === TOKEN_PATH ? maskedForm(request) : request.body;
  if (body === '') return null;
  const parsed = parseJson(body);
  return parsed.ok ? parsed.value : body;
}
