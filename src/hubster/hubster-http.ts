import { HttpService } from '@nestjs/axios';
import type { Dispatcher } from 'undici';
import { type AnswerHeaders, answerHeaders } from './answer-headers';
import type { Method } from './outcome';
import { undiciAdapter } from './undici-adapter';

export interface HttpRequest {
  readonly method: Method;
  readonly url: URL;
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
  async send({ method, url, headers, body, maxBytes }: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const response = await this.http.axiosRef.request<Buffer | undefined>({
      method,
      url: url.href,
      headers,
      data: body,
      maxContentLength: maxBytes,
      adapter: undiciAdapter(this.dispatcher, signal),
    });
    return { status: response.status, headers: answerHeaders(response.headers), body: response.data };
  }
}

const asItIs = (data: unknown) => data;

/** Nest's client with nothing of axios' own in between: no default header, no transformation, no judgement of a status. */
export function plainHttpService(): HttpService {
  const instance = new HttpService().axiosRef.create({
    transformRequest: [asItIs],
    transformResponse: [asItIs],
    validateStatus: null,
  });
  instance.defaults.headers.common = {};
  return new HttpService(instance);
}
