import { parseJson } from './json';
import type { Effect } from './portal/portal-call';
import type { SandboxRequest } from './sandbox-http';
import { maskedForm, TOKEN_PATH } from './token-endpoint';

/** One request to identity or portal. Client secrets and bearer tokens are masked, everything else is as received. */
interface CallLogEntry {
  /** Counts from 1; a reset does not restart it. */
  readonly seq: number;
  /** RFC 3339: when the request was executed, or a fault prevented that. */
  readonly time: string;
  readonly tenant: string | null;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | null>>;
  /** Parsed JSON, or the text of any other body; null without a body. */
  readonly body: unknown;
  /** The status of the response; null if the client gets no status line. */
  readonly status: number | null;
  /** Whether an integration was created, updated or deleted, independent of the response. */
  readonly applied: boolean;
  readonly effect: Effect | null;
  /** Id of the fault that hit this request. */
  readonly fault: string | null;
}

/** The requests that reached Hubster, in order. */
export class CallLog {
  #entries: CallLogEntry[] = [];
  #lastSeq = 0;

  /** `limit` is the maximum number of entries; older ones are dropped. */
  constructor(private readonly limit = 100_000) {}

  record(request: SandboxRequest, handled: Pick<CallLogEntry, 'tenant' | 'status' | 'effect' | 'fault'>): void {
    const { tenant, status, effect, fault } = handled;
    this.#lastSeq += 1;
    this.#entries.push({
      seq: this.#lastSeq,
      time: new Date().toISOString(),
      tenant,
      method: request.method,
      path: request.path,
      query: Object.fromEntries(request.query),
      headers: loggedHeaders(request),
      body: loggedBody(request),
      status,
      applied: effect !== null,
      effect,
      fault,
    });
    if (this.#entries.length > this.limit) this.#entries.shift();
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

function loggedHeaders({ headers }: SandboxRequest): CallLogEntry['headers'] {
  const names = ['content-type', 'accept', 'x-request-id', 'traceparent', 'tracestate', 'user-agent'];
  const { authorization } = headers;
  return {
    ...Object.fromEntries(names.map((name) => [name, headers[name]?.toString() ?? null])),
    authorization: authorization === undefined ? null : authorization.replace(/^(Bearer +)?.*$/is, '$1***'),
  };
}

function loggedBody(request: SandboxRequest): unknown {
  const body = request.path === TOKEN_PATH ? maskedForm(request) : request.body;
  if (body === '') return null;
  const json = parseJson(body);
  return json === undefined ? body : json;
}
