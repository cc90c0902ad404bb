import { type Exchange } from './http/sandbox-request';
import { maskedForm, TOKEN_PATH } from './identity/token-endpoint';
import { parseJson } from './json';
import type { Effect } from './portal/portal-call';

/** Entries kept; older ones are dropped. */
const LIMIT = 100_000;

/** One request to identity or portal. Client secrets and bearer tokens are masked, everything else is as it came. */
export interface JournalEntry {
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
  readonly exchange: Exchange;
  readonly tenant: string | null;
  readonly status: number | null;
  readonly effect: Effect | null;
  readonly fault: string | null;
}

/** What reached Hubster, in order. */
export class Journal {
  #entries: JournalEntry[] = [];
  #lastSeq = 0;

  record({ exchange, tenant, status, effect, fault }: Happening): void {
    this.#lastSeq += 1;
    this.#entries.push({
      seq: this.#lastSeq,
      time: new Date().toISOString(),
      tenant,
      method: exchange.method,
      path: exchange.path,
      query: Object.fromEntries(exchange.query),
      headers: shownHeaders(exchange),
      body: shownBody(exchange),
      status,
      applied: effect !== null,
      effect,
      fault,
    });
    if (this.#entries.length > LIMIT) this.#entries.shift();
  }

  /** Entries with a higher `seq`. */
  after(seq: number): readonly JournalEntry[] {
    const first = this.#entries[0]?.seq ?? 0;
    return this.#entries.slice(Math.max(0, seq - first + 1));
  }

  clear(): void {
    this.#entries = [];
  }
}

function shownHeaders({ headers }: Exchange): JournalEntry['headers'] {
  const names = ['content-type', 'accept', 'x-request-id', 'traceparent', 'user-agent'];
  const { authorization } = headers;
  return {
    ...Object.fromEntries(names.map((name) => [name, headers[name]?.toString() ?? null])),
    authorization: authorization === undefined ? null : authorization.replace(/^(Bearer +)?.*$/is, '$1***'),
  };
}

function shownBody(exchange: Exchange): unknown {
  const body = exchange.path === TOKEN_PATH ? maskedForm(exchange) : exchange.body;
  if (body === '') return null;
  const parsed = parseJson(body);
  return parsed.ok ? parsed.value : body;
}
