import { HttpService } from '@nestjs/axios';
import type { Cancellation } from '../../clock/cancellation';
import type { ConnectionPool } from './connection-pool';
import { type HttpRequest, RawRequest } from './http-request';
import type { HttpResponse } from './http-response';
import { undiciAdapter } from './undici-adapter';

/** Sends requests as they are, once, and hands answers on as they come. */
export class HubsterHttp {
  /** @param http made by `plainHttpService` */
  constructor(private readonly http: HttpService) {}

  /** @throws {TransportError} when there is no answer; what else axios may throw holds the request, and so the token */
  async send(request: HttpRequest, signal: Cancellation): Promise<HttpResponse> {
    const { data } = await this.http.axiosRef.request<HttpResponse>({ data: new RawRequest(request, signal) });
    return data;
  }
}

/**
 * Nest's client with nothing of axios' own in between: no default header, no transformation, no judgement of a status, as it
 * merges its defaults into every request.
 */
export function plainHttpService(connections: ConnectionPool): HttpService {
  const instance = new HttpService().axiosRef.create();
  for (const name of Object.keys(instance.defaults)) Reflect.deleteProperty(instance.defaults, name);
  instance.defaults.adapter = undiciAdapter(connections);
  return new HttpService(instance);
}
