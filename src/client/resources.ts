import type { PathParametersOf, QueryOf, Schemas } from './api-types.ts';
import type { CallOptions } from './call-options.ts';
import { type Received, receivedWith } from './received.ts';
import type { Transport } from './transport.ts';

const EVENTS = '/api/v1/audit/events';
const WEBHOOK_HEADERS = ['X-Integration-Id', 'X-Hub-Id', 'X-Hubster-Public-Key', 'X-Hubster-Signature'] as const;

/** Channels, their facts and the JSON Schemas of their configurations. */
export class ChannelsResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async list(options: CallOptions = {}) {
    const { value, response } = await this.#transport.send('get', '/api/v1/channels', {}, options);
    return receivedWith(value, response);
  }

  async get(
    channelId: PathParametersOf<'/api/v1/channels/{channelId}', 'get'>['channelId'],
    options: CallOptions = {},
  ) {
    const input = { path: { channelId } };
    const { value, response } = await this.#transport.send('get', '/api/v1/channels/{channelId}', input, options);
    return receivedWith(value, response);
  }
}

type EventsQuery = QueryOf<typeof EVENTS, 'get'>;

/** The audit trail of the tenant. */
export class AuditEventsResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async list(query: EventsQuery = {}, options: CallOptions = {}): Promise<Received<Schemas['AuditEventPage']>> {
    const { value, response } = await this.#transport.send('get', EVENTS, { query }, options);
    return receivedWith(value, response);
  }

  /** All events, page by page, as they are iterated. */
  async *all(query: EventsQuery = {}, options: CallOptions = {}): AsyncGenerator<Schemas['AuditEvent'], void> {
    for (let next = query; ; ) {
      const { results, nextCursor } = await this.list(next, options);
      yield* results;
      if (nextCursor === undefined) return;
      next = { ...query, cursor: nextCursor };
    }
  }
}

/** Webhooks of Hubster that your service received. */
export class WebhooksResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Whether Hubster signed a webhook: `body` is its body, byte for byte, `headers` are its headers, as Node or `fetch` has them. */
  async verify(
    body: string | Uint8Array<ArrayBuffer>,
    headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>,
    options: CallOptions = {},
  ): Promise<Received<Schemas['WebhookVerdict']>> {
    const received = headers instanceof Headers ? Object.fromEntries(headers) : lowerCase(headers);
    const header = Object.fromEntries(WEBHOOK_HEADERS.map((name) => [name, received[name.toLowerCase()]]));
    const { value, response } = await this.#transport.send(
      'post',
      '/api/v1/webhooks/verify',
      { header, bytes: body },
      options,
      true,
    );
    return receivedWith(value, response);
  }
}

function lowerCase(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
