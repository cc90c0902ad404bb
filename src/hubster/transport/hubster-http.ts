import { HttpService } from '@nestjs/axios';
import type { ConnectionPool } from './connection-pool';
import { type HttpRequest, RawRequest } from './http-request';
import type { HttpResponse } from './http-response';
import { undiciAdapter } from './undici-adapter';

/** Sends each request unchanged and once, and returns the response unchanged. */
export class HubsterHttp {
  /** @param http made by `plainHttpService` */
  constructor(private readonly http: HttpService) {}

  /** @throws {TransportError} without a response; any other error of axios contains the request, and so the token */
  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const { data } = await this.http.axiosRef.request<HttpResponse>({ data: new RawRequest(request, signal) });
    return data;
  }
}

/**
 * Nest's client without the defaults of axios: no default headers, no transformation, no check of the status. axios would merge them
 * into every request.
 */
export function plainHttpService(connections: ConnectionPool): HttpService {
  const instance = new HttpService().axiosRef.create();
  for (const name of Object.keys(instance.defaults)) Reflect.deleteProperty(instance.defaults, name);
  instance.defaults.adapter = undiciAdapter(connections);
  return new HttpService(instance);
}
