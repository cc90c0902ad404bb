import type { Channel } from '../channels/channel';
import { runInSlices } from '../clock/slices';
import { exactNumber } from '../json/json-number';
import { exceedsSize } from '../json/json-size';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-value';
import type { Metrics } from '../observability/metrics';
import type { Secret } from '../secrets/secret';
import type { CallContext, HubsterClient } from './hubster-client';
import type { Integration, IntegrationPage, ListedIntegrations } from './integration';
import { type Quirk, readIntegration } from './normaliser';
import { HubsterError } from './outcome/hubster-error';

const INTEGRATIONS = '/api/v1/integrations';
const ONE_MAX_BYTES = 2 * 1024 * 1024;
const LIST_MAX_BYTES = 8 * 1024 * 1024;
const LARGEST_PAGE = 100;
/** Pages read of one hub at the most. */
const HUB_MAX_PAGES = 50;

export interface PageQuery {
  readonly hubId?: string;
  readonly pageNumber: number;
  readonly pageSize: number;
}

/** A look settles what an ambiguous write left open, and has limits of its own. */
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
 * Hubster's Integrations API: the five documented calls and DELETE (S-001, S-320), answered in one shape (N7).
 * Every id in a path has been read as a GUID, every channel is one we know: nothing else reaches a path.
 * Throws `HubsterError`.
 */
export class HubsterPortal {
  readonly #count: (quirk: Quirk, times?: number) => void;

  constructor(
    private readonly client: HubsterClient,
    metrics: Metrics,
  ) {
    this.#count = (quirk, times = 1) => metrics.upstreamQuirks.inc({ quirk }, times);
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
    return integration;
  }

  async listByChannel(
    context: CallContext,
    hubId: string,
    channel: Channel,
    as: ReadClass = 'read',
  ): Promise<ListedIntegrations> {
    const { json } = await this.client.call(context, {
      name: 'list-by-channel',
      class: as,
      method: 'GET',
      path: `${INTEGRATIONS}/hubs/${hubId}/${channel.id}`,
      maxBytes: LIST_MAX_BYTES,
    });
    if (!Array.isArray(json)) throw HubsterError.unreadableResponse();
    return runInSlices(this.readItems(json, (item) => item.hubId === hubId && item.channel.id === channel.id));
  }

  async list(context: CallContext, query: PageQuery): Promise<IntegrationPage> {
    const { json } = await this.client.call(context, {
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
    });
    if (!isJsonObject(json) || !Array.isArray(json['results'])) throw HubsterError.unreadableResponse();
    const items = json['results'];
    const isAskedFor = (item: Integration) => query.hubId === undefined || item.hubId === query.hubId;
    const { integrations: results } = await runInSlices(this.readItems(items, isAskedFor));
    const total = readTotal(json['total'], results.length);
    return {
      pageNumber: query.pageNumber,
      pageSize: query.pageSize,
      total,
      results,
      isLast: items.length < query.pageSize,
    };
  }

  /**
   * A page of one hub, counted here: what Hubster counts may be the whole account, also where it lists the hub alone. Reads the hub from its
   * first page to one that is not full, and keeps what belongs to the page.
   */
  async listHub(context: CallContext, query: PageQuery & { readonly hubId: string }): Promise<IntegrationPage> {
    const { hubId, pageNumber, pageSize } = query;
    const first = pageNumber * pageSize;
    const results: Integration[] = [];
    let total = 0;
    for (let number = 0; number < HUB_MAX_PAGES; number += 1) {
      const page = await this.list(context, { hubId, pageNumber: number, pageSize: LARGEST_PAGE });
      results.push(...page.results.slice(Math.max(0, first - total), Math.max(0, first + pageSize - total)));
      total += page.results.length;
      if (page.isLast) return { pageNumber, pageSize, total, results, isLast: first + pageSize >= total };
    }
    throw HubsterError.unreadableResponse();
  }

  /** Resolves to nothing when Hubster answers 2xx without a body (S-007). */
  async create(context: CallContext, hubId: string, integration: NewIntegration): Promise<Integration | undefined> {
    const { json } = await this.client.call(context, {
      name: 'create',
      class: 'write',
      method: 'POST',
      path: `${INTEGRATIONS}/hubs/${hubId}`,
      body: { ...integration, configuration: integration.configuration.reveal() },
      maxBytes: ONE_MAX_BYTES,
    });
    return this.readWritten(json, (created) => created.hubId === hubId);
  }

  /** Resolves to nothing when Hubster answers 2xx without a body (S-007). */
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
    return this.readWritten(json, (updated) => updated.integrationId === integrationId);
  }

  /** A 2xx is success whatever its body says (S-712). */
  async remove(context: CallContext, integrationId: string): Promise<void> {
    await this.client.call(context, {
      name: 'delete',
      class: 'write',
      method: 'DELETE',
      path: `${INTEGRATIONS}/${integrationId}`,
      maxBytes: ONE_MAX_BYTES,
    });
  }

  /** The answer to a write has to be about what was written (S-324). */
  private readWritten(json: unknown, isAboutIt: (integration: Integration) => boolean): Integration | undefined {
    if (json === undefined) return undefined;
    const integration = readIntegration(json, this.#count);
    if (!integration || !isAboutIt(integration)) throw HubsterError.unreadableResponse();
    return integration;
  }

  /** Unreadable items, hubs in place of integrations and what was not asked for are dropped and counted; a list of hubs only is broken. */
  private *readItems(
    items: readonly JsonValue[],
    isAskedFor: (item: Integration) => boolean,
  ): Generator<void, ListedIntegrations> {
    const quirks = new Map<Quirk, number>();
    const count = (quirk: Quirk) => quirks.set(quirk, (quirks.get(quirk) ?? 0) + 1);
    const read: Integration[] = [];
    for (const item of items) {
      const isUnreadable = isHub(item) || exceedsSize(item, ONE_MAX_BYTES);
      const integration = isUnreadable ? undefined : readIntegration(item, count);
      if (!integration) count(isHub(item) ? 'hub-in-list' : 'unreadable-item');
      else if (!isAskedFor(integration)) count('foreign-item');
      else read.push(integration);
      yield;
    }
    if (items.length > 0 && quirks.get('hub-in-list') === items.length) throw HubsterError.unreadableResponse();
    for (const [quirk, times] of quirks) this.#count(quirk, times);
    return { integrations: read, isComplete: read.length === items.length };
  }
}

function isHub(item: unknown): boolean {
  return isJsonObject(item) && !('integrationId' in item) && 'hubId' in item;
}

function readTotal(sent: unknown, fallback: number): number {
  const total = exactNumber(sent);
  return total !== undefined && Number.isSafeInteger(total) && total >= 0 ? total : fallback;
}
