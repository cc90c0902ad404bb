import type { IncomingHttpHeaders } from 'node:http';
import { REQUEST_HEADERS } from '../server/request-headers';

/** How long a browser may remember what it was told, in seconds. */
const MAX_AGE = '600';

/** What a page of another origin may send: all that is read here. */
const TAKEN_HEADERS = Object.keys(REQUEST_HEADERS).join(', ');

/** What it may read beside what every page may. */
const SHOWN_HEADERS =
  'ETag, Age, Cache-Status, Link, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, Idempotency-Replayed, ' +
  'Preference-Applied, Server-Timing, WWW-Authenticate';

/** What browsers are told of the origins that may call (CORS, Fetch standard). Nothing is allowed to any other. */
export class Cors {
  readonly #origins: ReadonlySet<string>;

  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins);
  }

  /** For every answer; none while no origin may call. */
  headersFor({ origin }: IncomingHttpHeaders): Readonly<Record<string, string>> {
    if (origin === undefined || !this.#origins.has(origin)) return {};
    return { 'access-control-allow-origin': origin, 'access-control-expose-headers': SHOWN_HEADERS };
  }

  /** For the answer to a question of the browser whether it may send a request with one of these verbs. */
  preflightHeadersFor(headers: IncomingHttpHeaders, allow: readonly string[]): Readonly<Record<string, string>> {
    const isPreflight = headers['access-control-request-method'] !== undefined;
    if (!isPreflight || headers.origin === undefined || !this.#origins.has(headers.origin)) return {};
    return {
      'access-control-allow-methods': allow.join(', '),
      'access-control-allow-headers': TAKEN_HEADERS,
      'access-control-max-age': MAX_AGE,
    };
  }

  /** Whether answers differ by origin, as caches have to know. */
  get isOn(): boolean {
    return this.#origins.size > 0;
  }
}
