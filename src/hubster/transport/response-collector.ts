import type { GenericAbortSignal } from 'axios';
import type { Dispatcher } from 'undici';
import type { Clock } from '../../clock/clock';
import { type TransportCause, transportCauseOf } from '../../observability/transport-cause';
import type { NoResponse } from '../outcome/outcome';

/** A request without a response. Built anew: contains no header, URL, body or text of the error that the client threw (N1). */
export class TransportError extends Error {
  override readonly name = 'TransportError';

  constructor(
    readonly kind: NoResponse['kind'],
    /** Undefined if we ended the attempt ourselves. */
    override readonly cause?: TransportCause,
  ) {
    super(`No response from Hubster: ${kind}`);
  }
}

/** A response as it was received. */
export interface HttpResponse {
  readonly status: number;
  /** Values by lower-case name; a list for a repeated header. */
  readonly headers: Record<string, string | string[] | undefined>;
  /** Undefined if the body was larger than allowed, and so not read to its end. */
  readonly data: Buffer | undefined;
}

/** The value of a header; undefined if it is missing or repeated. */
export function onlyValue(headers: HttpResponse['headers'], name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** All values of a header, in their order; undefined if it is missing. */
export function valuesOf(headers: HttpResponse['headers'], name: string): readonly string[] | undefined {
  const value = headers[name];
  return typeof value === 'string' ? [value] : value;
}

interface Collection {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal?: GenericAbortSignal | undefined;
  readonly maxBytes: number;
  readonly resolve: (response: HttpResponse) => void;
  readonly reject: (error: TransportError) => void;
}

/**
 * Collects one response of undici, and records whether any byte of the request may have left: undici starts a request only when it has
 * a connection (TCP and TLS) and is about to write.
 */
export class ResponseCollector implements Dispatcher.DispatchHandler {
  readonly #chunks: Buffer[] = [];
  readonly #onAbort = () => this.#abort();
  readonly #cancelTimeout: () => void;
  #isOver = false;
  #controller: Dispatcher.DispatchController | undefined;
  #length = 0;
  #status = 0;
  #headers: HttpResponse['headers'] = {};

  constructor(private readonly collection: Collection) {
    const { clock, timeoutMs, signal } = collection;
    this.#cancelTimeout = clock.after(timeoutMs, this.#onAbort);
    if (signal?.aborted) this.#abort();
    else signal?.addEventListener?.('abort', this.#onAbort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // undici may start a request a second time on another connection; `decideRetry` decides whether to send again.
    const isRepeated = this.#controller !== undefined;
    if (isRepeated || this.#isOver)
      controller.abort(new TransportError('never-sent', isRepeated ? 'reset' : undefined));
    else this.#controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: HttpResponse['headers']): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#length += chunk.length;
    if (this.#length <= this.collection.maxBytes) {
      this.#chunks.push(chunk);
      return;
    }
    this.#settle(undefined);
    controller.abort(new TransportError('reset'));
  }

  onResponseEnd(): void {
    this.#settle(Buffer.concat(this.#chunks));
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    const cause = error instanceof TransportError ? error.cause : transportCauseOf(error);
    this.#fail(this.#controller ? 'reset' : 'never-sent', cause);
  }

  #abort(): void {
    this.#fail(this.#controller ? 'no-response' : 'never-sent');
    this.#controller?.abort(new TransportError('no-response'));
  }

  #settle(data: Buffer | undefined): void {
    this.#done();
    this.collection.resolve({ status: this.#status, headers: this.#headers, data });
  }

  #fail(kind: TransportError['kind'], cause?: TransportCause): void {
    this.#done();
    this.collection.reject(new TransportError(kind, cause));
  }

  #done(): void {
    this.#isOver = true;
    this.#cancelTimeout();
    this.collection.signal?.removeEventListener?.('abort', this.#onAbort);
  }
}
