import { HttpService } from '@nestjs/axios';
import type { Dispatcher } from 'undici';
import { type AnswerHeaders, answerHeaders } from './answer-headers';
import type { Method } from './outcome';
import { undiciAdapter } from './undici-adapter';

export interface HttpRequest {
  readonly method: Method;
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly maxBytes: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** Undefined: larger than allowed. */
  readonly body: Buffer | undefined;
}

/** Sends requests as they are, once, and hands answers on as they come. */
export class HubsterHttp {
  constructor(
    private readonly http: HttpService,
    private readonly dispatcher: Dispatcher,
  ) {}

  /** @throws {TransportError} when there is no answer; what else axios may throw holds the request, and so the token */
  async send({ method, origin, path, headers, body, maxBytes }: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const response = await this.http.axiosRef.request<Buffer | undefined>({
      method,
      baseURL: origin,
      url: path,
      headers,
      data: body,
      maxContentLength: maxBytes,
      adapter: undiciAdapter(this.dispatcher, signal),
    });
    return { status: response.status, headers: answerHeaders(response.headers), body: response.data };
  }
}

/**
 * Nest's client with nothing of axios' own in between: no default header, no transformation, no judgement of a status. It
 * merges its defaults into every request, so those that an adapter of our own does not read are taken out.
 */
export function plainHttpService(): HttpService {
  const instance = new HttpService().axiosRef.create();
  for (const name of Object.keys(instance.defaults)) Reflect.deleteProperty(instance.defaults, name);
  Object.assign(instance.defaults, { headers: {}, transformRequest: [], transformResponse: [], validateStatus: null });
  return new HttpService(instance);
}
