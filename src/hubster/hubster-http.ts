import { HttpService } from '@nestjs/axios';
import type { Dispatcher } from 'undici';
import type { Cancellation } from '../clock/cancellation';
import type { HttpAnswer } from './http-answer';
import type { Method } from './outcome';
import { undiciAdapter } from './undici-adapter';

export interface HttpRequest {
  readonly method: Method;
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly maxBytes: number;
}

/** Sends requests as they are, once, and hands answers on as they come. */
export class HubsterHttp {
  constructor(
    private readonly http: HttpService,
    private readonly dispatcher: Dispatcher,
  ) {}

  /** @throws {TransportError} when there is no answer; what else axios may throw holds the request, and so the token */
  async send(
    { method, origin, path, headers, body, maxBytes }: HttpRequest,
    signal: Cancellation,
  ): Promise<HttpAnswer> {
    const response = await this.http.axiosRef.request<HttpAnswer>({
      method,
      baseURL: origin,
      url: path,
      headers,
      data: body,
      maxContentLength: maxBytes,
      adapter: undiciAdapter(this.dispatcher, signal),
    });
    return response.data;
  }
}

/**
 * Nest's client with nothing of axios' own in between: no default header, no transformation, no judgement of a status, as it
 * merges its defaults into every request.
 */
export function plainHttpService(): HttpService {
  const instance = new HttpService().axiosRef.create();
  for (const name of Object.keys(instance.defaults)) Reflect.deleteProperty(instance.defaults, name);
  return new HttpService(instance);
}
