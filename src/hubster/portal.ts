import { Injectable } from '@nestjs/common';
import type { Channel } from '../channels/channel';
import { exceedsSize } from '../json/json-size';
import { exactNumber, isJsonObject, type JsonObject, type JsonValue } from '../json/json-value';
import { Metrics } from '../observability/metrics/metrics';
import type { Secret } from '../secrets/secret';
import { type CallContext, HubsterClient, type PortalOperation } from './hubster-client';
import type { Integration, IntegrationPage, ListedIntegrations } from './integration';
import { type Quirk, readIntegration } from './normaliser';
import { HubsterError } from './outcome/hubster-error';

const INTEGRATIONS = '/api/v1/integrations';
/** Of an integration as Hubster sends it. */
export const ONE_MAX_BYTES = 2 * 1024 * 1024;
const LIST_MAX_BYTES = 8 * 1024 * 1024;
const LARGEST_PAGE = 100;
/** Pages that are read of one hub, at most. */
const HUB_MAX_PAGES = 50;

interface PageQuery {
  readonly hubId?: string;
  readonly pageNumber: number;
  readonly pageSize: number;
}

type MapItem<T> = (integration: Integration) => T;

/** `reconcile` is a probe after an ambiguous write; it has limits of its own. */
type ReadClass = 'read' | 'reconcile';

interface NewIntegration {
  readonly channelId: string;
  readonly name: string;
  readonly statusId: number;
  readonly configuration: Secret<JsonObject>;
}

interface ChangedIntegration {
  readonly name?: string;
  readonly statusId?: number;
  readonly configuration?: Secret<JsonObject>;
}

/**
 * Hubster's Integrations API: the five documented calls and DELETE (S-001, S-320), with results in one shape (N7).
 * A path contains only ids that were read as GUIDs and known channels.
 * Methods reject with `HubsterError`.
 */
@Injectable()
export class HubsterPortal {
  readonly #count: (quirk: Quirk, times?: number) => void;

  constructor(
    private readonly client: HubsterClient,
    metrics: Metrics,
  ) {
    this.#count = (quirk, times = 1) => metrics.upstreamQuirks.count({ quirk }, times);
  }

  async get(context: CallContext, integrationId: string, as: ReadClass = 'read'): Promise<Integration> {
    const { json } = await this.client.call(context, {
      name: 'get',
      class: as,
      method: 'GET',
      path: `${INTEGRATIONS}/${integrationId}`,
      maxBytes: ONE_MAX_BYTES,
    });
    const integration = readIntegration(json, this.#count);
    if (integration?.integrationId !== integrationId) throw HubsterError.unreadableResponse();
    return { ...integration, isFromGet: true };
  }

  listByChannel(
    context: CallContext,
    hubId: string,
    channel: Channel,
    as: ReadClass = 'read',
  ): Promise<ListedIntegrations> {
    return this.mapByChannel(context, hubId, channel, (integration) => integration, as);
  }

  /** Maps each integration, one in a step. */
  async mapByChannel<T>(
    context: CallContext,
    hubId: string,
    channel: Channel,
    map: MapItem<T>,
    as: ReadClass = 'read',
  ): Promise<ListedIntegrations<T>> {
    const isWanted = (item: Integration) => item.hubId === hubId && item.channel.id === channel.id;
    const operation: PortalOperation = {
      name: 'list-by-channel',
      class: as,
      method: 'GET',
      path: `${INTEGRATIONS}/hubs/${hubId}/${channel.id}`,
      maxBytes: LIST_MAX_BYTES,
    };
    const { json } = await this.client.read(context, operation, (items) => this.#readItems(items, isWanted, map));
    return json;
  }

  /** A page with each integration mapped. */
  async list<T>(context: CallContext, query: PageQuery, map: MapItem<T>): Promise<IntegrationPage<T>> {
    const operation: PortalOperation = {
      name: 'list',
      class: 'read',
      method: 'GET',
      path: INTEGRATIONS,
      query: {
        ...(query.hubId !== undefined && { hubId: query.hubId }),
        pageNumber: String(query.pageNumber),
        pageSize: String(query.pageSize),
      },
      maxBytes: LIST_MAX_BYTES,
    };
    const { json } = await this.client.read(context, operation, (page) => this.#readPage(page, query, map));
    return json;
  }

  /**
   * A page of one hub. The total is counted here, because Hubster's may be that of the whole account even if it lists one hub. Reads the
   * hub from its first page to the first that is not full, and keeps the items of the page.
   */
  async listHub<T>(
    context: CallContext,
    query: PageQuery & { readonly hubId: string },
    map: MapItem<T>,
  ): Promise<IntegrationPage<T>> {
    const { hubId, pageNumber, pageSize } = query;
    const first = pageNumber * pageSize;
    const results: T[] = [];
    let total = 0;
    for (let number = 0; number < HUB_MAX_PAGES; number += 1) {
      const page = await this.list(context, { hubId, pageNumber: number, pageSize: LARGEST_PAGE }, map);
      results.push(...page.results.slice(Math.max(0, first - total), Math.max(0, first + pageSize - total)));
      total += page.results.length;
      if (page.isLast) return { pageNumber, pageSize, total, results, isLast: first + pageSize >= total };
    }
    throw HubsterError.unreadableResponse();
  }

  /** Resolves to undefined if Hubster responds with 2xx without a body (S-007). */
  async create(context: CallContext, hubId: string, integration: NewIntegration): Promise<Integration | undefined> {
    const { json } = await this.client.call(context, {
      name: 'create',
      class: 'write',
      method: 'POST',
      path: `${INTEGRATIONS}/hubs/${hubId}`,
      body: { ...integration, configuration: integration.configuration.reveal() },
      maxBytes: ONE_MAX_BYTES,
    });
    return this.#readWritten(json, (created) => created.hubId === hubId);
  }

  /** Resolves to undefined if Hubster responds with 2xx without a body (S-007). */
  async update(
    context: CallContext,
    integrationId: string,
    { configuration, ...rest }: ChangedIntegration,
  ): Promise<Integration | undefined> {
    const { json } = await this.client.call(context, {
      name: 'update',
      class: 'write',
      method: 'POST',
      path: `${INTEGRATIONS}/hubs/${integrationId}`,
      body: { ...rest, ...(configuration && { configuration: configuration.reveal() }) },
      maxBytes: ONE_MAX_BYTES,
    });
    return this.#readWritten(json, (updated) => updated.integrationId === integrationId);
  }

  /** A 2xx is success, whatever its body (S-712). */
  async remove(context: CallContext, integrationId: string): Promise<void> {
    await this.client.call(context, {
      name: 'delete',
      class: 'write',
      method: 'DELETE',
      path: `${INTEGRATIONS}/${integrationId}`,
      maxBytes: ONE_MAX_BYTES,
    });
  }

  /** The response to a write must be about the integration that was written (S-324). */
  #readWritten(json: unknown, isExpected: (integration: Integration) => boolean): Integration | undefined {
    if (json === undefined) return undefined;
    const integration = readIntegration(json, this.#count);
    if (!integration || !isExpected(integration)) throw HubsterError.unreadableResponse();
    return integration;
  }

  *#readPage<T>(
    json: JsonValue | undefined,
    { hubId, pageNumber, pageSize }: PageQuery,
    map: MapItem<T>,
  ): Generator<void, IntegrationPage<T>> {
    const items = isJsonObject(json) ? json['results'] : undefined;
    const isWanted = (item: Integration) => hubId === undefined || item.hubId === hubId;
    const { integrations: results } = yield* this.#readItems(items, isWanted, map);
    const total = readTotal(isJsonObject(json) && json['total'], results.length);
    const isLast = !Array.isArray(items) || items.length < pageSize;
    return { pageNumber, pageSize, total, results, isLast };
  }

  /** Drops and counts unreadable items, hubs, and items of another hub or channel; a list of hubs only is unreadable as a whole. */
  *#readItems<T>(
    items: JsonValue | undefined,
    isWanted: (item: Integration) => boolean,
    map: MapItem<T>,
  ): Generator<void, ListedIntegrations<T>> {
    if (!Array.isArray(items)) throw HubsterError.unreadableResponse();
    const quirks = new Map<Quirk, number>();
    const count = (quirk: Quirk) => quirks.set(quirk, (quirks.get(quirk) ?? 0) + 1);
    const integrations: T[] = [];
    for (const item of items) {
      const isUnreadable = isHub(item) || exceedsSize(item, ONE_MAX_BYTES);
      const integration = isUnreadable ? undefined : readIntegration(item, count);
      if (!integration) count(isHub(item) ? 'hub-in-list' : 'unreadable-item');
      else if (!isWanted(integration)) count('foreign-item');
      else {
        yield;
        integrations.push(map(integration));
      }
      yield;
    }
    if (items.length > 0 && quirks.get('hub-in-list') === items.length) throw HubsterError.unreadableResponse();
    for (const [quirk, times] of quirks) this.#count(quirk, times);
    return { integrations, isComplete: integrations.length === items.length };
  }
}

function isHub(item: unknown): boolean {
  return isJsonObject(item) && !('integrationId' in item) && 'hubId' in item;
}

function readTotal(sent: unknown, fallback: number): number {
  const total = exactNumber(sent);
  return total !== undefined && Number.isSafeInteger(total) && total >= 0 ? total : fallback;
}
