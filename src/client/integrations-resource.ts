import type { BodyOf, PathParametersOf, QueryOf, Schemas } from './api-types.ts';
import { etagOf, readHeaders, writeHeaders } from './call-headers.ts';
import type { CallOptions, CreateOptions, DeleteOptions, ReadOptions, UpdateOptions, Version } from './call-options.ts';
import { isProblem } from './errors.ts';
import { type Received, receivedWith } from './received.ts';
import type { Transport } from './transport.ts';

const ONE = '/api/v1/integrations/{integrationId}';
const OF_HUB = '/api/v1/integrations/hubs/{hubId}';
const MAX_ROUNDS = 5;

type Integration = Schemas['Integration'];
type Written = Schemas['WrittenIntegration'];
/** A change, or what was read, changed. */
type UpdateBody = Schemas['UpdateIntegration'] | Schemas['SentBackIntegration'];
type PageQuery = QueryOf<'/api/v1/integrations', 'get'>;
type Channel = PathParametersOf<`${typeof OF_HUB}/{channelType}`, 'get'>['channelType'];

export type PatchIntegration = BodyOf<typeof ONE, 'patch'>;

type KnownChannel<I> = I extends { channelId: infer C } ? (string extends C ? never : C) : never;

/**
 * Narrows an integration to a channel. A comparison of `channelId` alone leaves the alternative for channels that the client
 * does not know.
 */
export function isChannel<I extends Integration, C extends KnownChannel<Integration>>(
  integration: I,
  channelId: C,
): integration is I & Extract<Integration, { channelId: C }> {
  return integration.channelId === channelId;
}

/** Integrations of the tenant's hubs. */
export class IntegrationsResource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Creates an integration in a hub. */
  async create(
    hubId: string,
    body: Schemas['CreateIntegration'],
    options: CreateOptions = {},
  ): Promise<Received<Written>> {
    // Without it, the same path and verb update the integration of this id.
    if (typeof body.channelId !== 'string')
      throw new TypeError('channelId: the channel of the new integration is expected.');
    return this.#post(hubId, body, options);
  }

  /** Updates an integration; `configuration` replaces the whole. An integration that was read may be sent back changed. */
  async update(id: string, body: UpdateBody, options: UpdateOptions = {}): Promise<Received<Written>> {
    const { channelId, integrationId }: Readonly<Record<string, unknown>> = { ...body };
    // Otherwise the same path and verb create an integration.
    if (channelId !== undefined && integrationId !== id)
      throw new TypeError('integrationId: that of the update is expected.');
    return this.#post(id, body, options);
  }

  /** Changes what `body` has (JSON Merge Patch): members that it omits do not change, and `null` removes one. */
  async patch(id: string, body: PatchIntegration, options: UpdateOptions = {}): Promise<Received<Written>> {
    const input = { path: { integrationId: id }, header: writeHeaders(options), json: body };
    const { value, response } = await this.#transport.send('patch', ONE, input, options);
    return receivedWith(value, response);
  }

  /**
   * Reads an integration, patches it with what `change` returns, and does both again if another write came between (five
   * times at the most). `undefined` changes nothing. `change` may run several times.
   */
  async modify(
    id: string,
    change: (current: Received<Integration>) => PatchIntegration | undefined | Promise<PatchIntegration | undefined>,
    options: Omit<UpdateOptions, 'ifMatch' | 'idempotencyKey'> = {},
  ): Promise<Received<Written>> {
    for (let round = 1; ; round += 1) {
      const current = await this.get(id, { ...options, fresh: true });
      const body = await change(current);
      if (body === undefined) return current;
      try {
        return await this.patch(id, body, { ...options, ifMatch: current });
      } catch (error) {
        if (round === MAX_ROUNDS || !isProblem(error, 'precondition-failed')) throw error;
      }
    }
  }

  async delete(id: string, options: DeleteOptions = {}): Promise<void> {
    await this.#transport.send('delete', ONE, { path: { integrationId: id }, header: writeHeaders(options) }, options);
  }

  async get(id: string, options: ReadOptions = {}): Promise<Received<Integration>> {
    const input = { path: { integrationId: id }, header: readHeaders(options) };
    const { value, response } = await this.#transport.send('get', ONE, input, options);
    return receivedWith(value, response);
  }

  /** Undefined if the integration is still this version. */
  async getIfChanged(
    id: string,
    version: Version,
    options: ReadOptions = {},
  ): Promise<Received<Integration> | undefined> {
    const header = { ...readHeaders(options), 'If-None-Match': etagOf(version) };
    const { value, response } = await this.#transport.send(
      'get',
      ONE,
      { path: { integrationId: id }, header },
      options,
    );
    return response.status === 304 ? undefined : receivedWith(value, response);
  }

  async listByChannel(hubId: string, channel: Channel, options: ReadOptions = {}): Promise<Received<Integration[]>> {
    const input = { path: { hubId, channelType: channel }, header: readHeaders(options) };
    const { value, response } = await this.#transport.send('get', `${OF_HUB}/{channelType}`, input, options);
    return receivedWith(value, response);
  }

  /** One page; page numbers start at 0. */
  async list(query: PageQuery = {}, options: ReadOptions = {}): Promise<Received<Schemas['IntegrationPage']>> {
    const input = { query, header: readHeaders(options) };
    const { value, response } = await this.#transport.send('get', '/api/v1/integrations', input, options);
    return receivedWith(value, response);
  }

  /** All integrations, page by page, as they are iterated. */
  async *all(query: Omit<PageQuery, 'pageNumber'> = {}, options: ReadOptions = {}): AsyncGenerator<Integration, void> {
    for (let pageNumber = 0; ; pageNumber += 1) {
      const page = await this.list({ ...query, pageNumber }, options);
      yield* page.results;
      if (!page.lastResponse.hasNext) return;
    }
  }

  /** Whether a value is that of a secret field. */
  async compareSecret(id: string, field: string, value: string, options: CallOptions = {}): Promise<boolean> {
    const input = { path: { integrationId: id, field }, json: { value } };
    const compared = await this.#transport.send('post', `${ONE}/secrets/{field}/compare`, input, options, true);
    return compared.value.match;
  }

  async #post(id: string, body: BodyOf<typeof OF_HUB, 'post'>, options: UpdateOptions): Promise<Received<Written>> {
    const input = { path: { hubId: id }, header: writeHeaders(options), json: body };
    const { value, response } = await this.#transport.send('post', OF_HUB, input, options);
    return receivedWith(value, response);
  }
}
