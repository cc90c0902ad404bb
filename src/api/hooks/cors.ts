import type { IncomingHttpHeaders } from 'node:http';
import type { HeaderList } from '../response/response-headers';
import { REQUEST_HEADERS } from '../server/http-server';

/** How long a browser may remember a preflight response, in seconds. */
const MAX_AGE = '600';

/** Request headers that a page of another origin may send: all that Stagedoor reads. */
const ALLOWED_HEADERS = Object.keys(REQUEST_HEADERS).join(', ');

/** Response headers that it may read, besides those that the Fetch standard always allows. */
const EXPOSED_HEADERS =
  'ETag, Age, Cache-Status, Link, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, Idempotency-Replayed, ' +
  'Preference-Applied, Server-Timing, WWW-Authenticate';

/** The response headers for origins that may call (CORS, Fetch standard). Other origins get none. */
export class Cors {
  readonly #origins: ReadonlySet<string>;

  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins);
  }

  /** For every response to a request from this origin. */
  headersFor(origin: string): HeaderList {
    if (!this.#origins.has(origin)) return [];
    return ['access-control-allow-origin', origin, 'access-control-expose-headers', EXPOSED_HEADERS];
  }

  /** For the response to a preflight request; `allow`: the verbs of the path. */
  preflightHeadersFor(headers: IncomingHttpHeaders, allow: readonly string[]): Readonly<Record<string, string>> {
    const isPreflight = headers['access-control-request-method'] !== undefined;
    if (!isPreflight || headers.origin === undefined || !this.#origins.has(headers.origin)) return {};
    return {
      'access-control-allow-methods': allow.join(', '),
      'access-control-allow-headers': ALLOWED_HEADERS,
      'access-control-max-age': MAX_AGE,
    };
  }

  /** Whether responses differ by origin: then they need `Vary`. */
  get isOn(): boolean {
    return this.#origins.size > 0;
  }
}
