import type { Input, OperationOf, Output, PathWith, Verb } from './api-types.ts';
import type { CallOptions, Credential, StagedoorOptions } from './call-options.ts';
import {
  CallTimeoutError,
  NoResponseError,
  type ProblemBody,
  ProblemError,
  StagedoorError,
  UnexpectedResponseError,
} from './errors.ts';
import { baseUrlOf, headersOf, urlOf } from './request-parts.ts';
import { mayRetry, retryAfterOf, retryDelay, type Timing } from './retries.ts';

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_RETRIES = 3;
/** The limits of `X-Request-Timeout-Ms`. */
const SERVICE_TIMEOUT_MS = { min: 100, max: 300_000 };
/** Stagedoor ends a little earlier than the client, so that its response still arrives. */
const RESPONSE_MS = 100;

/** What a call came to: `value` is undefined for a response without a body (204, 304). */
interface Reply<T> {
  readonly value: T;
  readonly response: Response;
}

interface Prepared {
  readonly url: string;
  readonly init: { readonly method: string; readonly body: string | Uint8Array<ArrayBuffer> | undefined };
  readonly headers: Headers;
  /** Whether sending it twice does no more than once, without an idempotency key. */
  readonly isSafe: boolean;
}

/** Sends one call: credentials, headers, timeout, retries; a response becomes a value or an error. */
export class Transport {
  readonly #options: StagedoorOptions;
  readonly #baseUrl: string;
  readonly #fetch: typeof globalThis.fetch;

  constructor(
    options: StagedoorOptions,
    private readonly timing: Timing,
  ) {
    if ((options.apiKey === undefined) === (options.token === undefined)) {
      throw new TypeError('Give either apiKey or token.');
    }
    this.#options = options;
    this.#baseUrl = baseUrlOf(options.baseUrl);
    this.#fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  }

  async send<V extends Verb, P extends PathWith<V>>(
    verb: V,
    path: P,
    { path: parts, query, header, json, bytes }: Input<OperationOf<P, V>>,
    options: CallOptions,
    isSafe = verb === 'get',
  ): Promise<Reply<Output<OperationOf<P, V>>>> {
    const headers = headersOf({
      ...header,
      'X-Tenant-Id': options.tenant ?? this.#options.tenant,
      'X-On-Behalf-Of': options.onBehalfOf,
      'X-Request-Id': options.requestId,
      Accept: 'application/json, application/problem+json',
      'Content-Type': json === undefined ? bytes && 'application/octet-stream' : 'application/json',
    });
    const body = json === undefined ? bytes : JSON.stringify(json);
    const init = { method: verb.toUpperCase(), body };
    const prepared = { url: urlOf(this.#baseUrl, path, parts, query), init, headers, isSafe };
    return this.#inTime(options, (signal, end) => this.#withRetries(prepared, options, signal, end));
  }

  /** Runs a call with a signal that is aborted when the caller's is, or when its time is over. */
  async #inTime<T>(
    { signal, timeoutMs = this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS }: CallOptions,
    run: (signal: AbortSignal, end: number) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    const controller = new AbortController();
    const abort = (): void => controller.abort(signal?.reason);
    signal?.addEventListener('abort', abort);
    const cancel = this.timing.after(timeoutMs, () => controller.abort(new CallTimeoutError(timeoutMs)));
    try {
      return await run(controller.signal, this.timing.monotonic() + timeoutMs);
    } finally {
      cancel();
      signal?.removeEventListener('abort', abort);
    }
  }

  async #withRetries<T>(prepared: Prepared, options: CallOptions, signal: AbortSignal, end: number): Promise<Reply<T>> {
    const { retries = this.#options.retries ?? DEFAULT_RETRIES } = options;
    const key = prepared.headers.get('idempotency-key') ?? undefined;
    const isRepeatable = prepared.isSafe || key !== undefined;
    for (let retry = 1; ; retry += 1) {
      try {
        return await this.#attempt<T>(prepared, signal, end);
      } catch (error) {
        if (!(error instanceof StagedoorError)) throw error;
        error.idempotencyKey = key;
        const delay = retryDelay(error, retry, this.timing.random());
        const isInTime = this.timing.monotonic() + delay < end;
        if (retry > retries || !isInTime || !mayRetry(error, isRepeatable)) throw error;
        await this.#pause(delay, signal);
      }
    }
  }

  async #attempt<T>({ url, init, headers }: Prepared, signal: AbortSignal, end: number): Promise<Reply<T>> {
    const left = Math.floor(end - this.timing.monotonic() - RESPONSE_MS);
    headers.set(
      'X-Request-Timeout-Ms',
      String(Math.min(SERVICE_TIMEOUT_MS.max, Math.max(SERVICE_TIMEOUT_MS.min, left))),
    );
    const { apiKey, token } = this.#options;
    const credentials = headersOf({
      'X-API-Key': await current(apiKey),
      Authorization: token && `Bearer ${await current(token)}`,
    });
    for (const [name, value] of credentials) headers.set(name, value);
    // A redirect would take the key to another host; cookies are none of Stagedoor's.
    const whole = {
      ...init,
      headers,
      signal,
      body: init.body ?? null,
      redirect: 'manual',
      credentials: 'omit',
    } as const;
    let response: Response;
    let text: string;
    try {
      response = await this.#fetch(url, whole);
      text = await response.text();
    } catch (error) {
      signal.throwIfAborted();
      throw new NoResponseError(error);
    }
    return { value: readBody(response, text), response };
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        cancel();
        reject(signal.reason);
      };
      const cancel = this.timing.after(ms, () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}

async function current(credential: Credential | undefined): Promise<string | undefined> {
  return typeof credential === 'function' ? credential() : credential;
}

/** The JSON of a success, undefined for none; throws for everything else. */
function readBody(response: Response, text: string) {
  const { status, ok } = response;
  const body = parse(text);
  if (ok || status === 304) {
    if (text !== '' && body === undefined) throw new UnexpectedResponseError(status);
    return body;
  }
  const retryAfterMs = retryAfterOf(response);
  throw isProblemBody(body) ? new ProblemError(body, retryAfterMs) : new UnexpectedResponseError(status, retryAfterMs);
}

function parse(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The members that every problem has. */
function isProblemBody(body: Partial<Record<keyof ProblemBody, unknown>> | null | undefined): body is ProblemBody {
  return (
    typeof body?.code === 'string' &&
    typeof body.title === 'string' &&
    typeof body.status === 'number' &&
    typeof body.requestId === 'string' &&
    typeof body.retryable === 'boolean'
  );
}
