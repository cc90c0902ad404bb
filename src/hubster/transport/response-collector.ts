import type { Dispatcher } from 'undici';
import { type TransportCause, transportCauseOf } from '../../observability/transport-cause';
import type { HttpResponse, ResponseHeaders } from './http-response';
import { TransportError } from './transport-error';

interface Collection {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
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
  #controller: Dispatcher.DispatchController | undefined;
  #length = 0;
  #status = 0;
  #headers: ResponseHeaders = {};

  constructor(private readonly collection: Collection) {
    collection.signal.addEventListener('abort', this.#onAbort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // undici may start a request a second time on another connection; `decideRetry` decides whether to send again.
    const isRepeated = this.#controller !== undefined;
    if (isRepeated || this.collection.signal.aborted)
      controller.abort(new TransportError('never-sent', isRepeated ? 'reset' : undefined));
    else this.#controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: ResponseHeaders): void {
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

  #settle(body: Buffer | undefined): void {
    this.#done();
    this.collection.resolve({ status: this.#status, headers: this.#headers, body });
  }

  #fail(kind: TransportError['kind'], cause?: TransportCause): void {
    this.#done();
    this.collection.reject(new TransportError(kind, cause));
  }

  #done(): void {
    this.collection.signal.removeEventListener('abort', this.#onAbort);
  }
}
