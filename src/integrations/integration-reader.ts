import { Injectable } from '@nestjs/common';
import type { CacheRead, CacheResult, RequestDirectives } from '../cache/cache-read';
import type { LoadedResponse } from '../cache/entry';
import { ResponseCache } from '../cache/response-cache';
import type { Channel } from '../channels/channel';
import { Clock } from '../clock/clock';
import { SLICES } from '../clock/slices';
import { Config } from '../config/config';
import type { RequestContext } from '../context/request-context';
import type { CallContext } from '../hubster/hubster-client';
import type { Integration, IntegrationPage } from '../hubster/integration';
import { HubsterError, isOverload, mayServeStale, toProblem } from '../hubster/outcome/hubster-error';
import { HubsterPortal } from '../hubster/portal';
import { writeJson } from '../json/json-value';
import { Problem } from '../problems/problem';
import {
  authoriseQuery,
  type CollectionQuery,
  cachedAs,
  collectionHub,
  integrationNotFound,
  mayUse,
  type ReadQuery,
} from './hub-rules';
import { IntegrationViews } from './integration-view';

/** A list is encoded as it grows, in pieces of this size. */
const CHUNK_CHARACTERS = 64 * 1024;
/** Twice what Hubster may send (S-015). Masks can make a list longer than that; it is joined, hashed and sent in one piece. */
const LIST_MAX_BYTES = 16 * 1024 * 1024;

/** The options of a caller for a read. */
export interface ReadOptions {
  /** Its `Cache-Control`. */
  readonly directives: RequestDirectives;
  /** Aborted when the caller disconnects: the call to Hubster is then cancelled, unless others wait for it too. */
  readonly signal?: AbortSignal | undefined;
}

/** Reads integrations through the cache, whose entries are finished responses: masked and checked. */
@Injectable()
export class IntegrationReader {
  constructor(
    private readonly portal: HubsterPortal,
    private readonly cache: ResponseCache,
    private readonly views: IntegrationViews,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  get(context: RequestContext, integrationId: string, options: ReadOptions): Promise<CacheResult> {
    return this.#read(context, { kind: 'one', integrationId }, options, async (call) => {
      const integration = await this.portal.get(call, integrationId);
      if (!mayUse(context.tenant, integration.hubId)) throw integrationNotFound();
      return finished(Buffer.from(this.#serialised(integration, context)));
    });
  }

  async byChannel(
    context: RequestContext,
    hubId: string,
    channel: Channel,
    options: ReadOptions,
  ): Promise<CacheResult> {
    return this.#read(context, { kind: 'by-channel', hubId, channel }, options, async (call) => {
      const { integrations } = await this.portal.mapByChannel(call, hubId, channel, this.#serialiser(context));
      return finished(await joined('[', integrations, ']', context));
    });
  }

  async collection(
    context: RequestContext,
    query: CollectionQuery,
    options: ReadOptions & { readonly link: (page: Omit<IntegrationPage, 'results'>) => string },
  ): Promise<CacheResult> {
    const hubId = collectionHub(context.tenant, query.hubId);
    return this.#read(context, { kind: 'collection', query }, options, async (call) => {
      const isLimitedToHubs = context.tenant.hubs !== undefined && hubId !== undefined;
      const map = this.#serialiser(context);
      const page = await (isLimitedToHubs
        ? this.portal.listHub(call, { ...query, hubId }, map)
        : this.portal.list(call, query, map));
      const { pageNumber, pageSize, total } = page;
      const head = `{"pageNumber":${pageNumber},"pageSize":${pageSize},"total":${total},"results":[`;
      const body = await joined(head, page.results, ']}', context);
      return finished(body, { link: options.link(page) });
    });
  }

  #serialiser(context: RequestContext): (integration: Integration) => string {
    return (integration) => this.#serialised(integration, context);
  }

  #serialised(integration: Integration, { tenant }: RequestContext): string {
    return writeJson(this.views.viewOf(integration, tenant.id));
  }

  async #read(
    context: RequestContext,
    query: ReadQuery,
    { directives, signal }: ReadOptions,
    load: (call: CallContext) => Promise<LoadedResponse>,
  ): Promise<CacheResult> {
    authoriseQuery(context.tenant, query);
    const kind: CacheRead['kind'] = query.kind === 'one' ? 'one' : 'list';
    const { readMs, listMs } = this.config.deadlines;
    const deadline = context.deadline.within(kind === 'one' ? readMs : listMs);
    const started = this.clock.monotonic();
    try {
      return await this.cache.read({
        tenant: context.tenant.id,
        requestId: context.requestId,
        visibility: context.tenant.visibility,
        previousVisibility: context.tenant.previousVisibility,
        ...cachedAs(context.tenant, query),
        kind,
        directives,
        deadline,
        signal,
        load: (abandoned) => load({ ...context, deadline, signal: abandoned }).catch(absence),
        mayServeStale,
        isOverload,
      });
    } catch (error) {
      throw toProblem(error, { write: false });
    } finally {
      // Without the time of its own calls to Hubster; a read that waited for another's call has spent that time in the cache.
      const tookMs = this.clock.monotonic() - started - context.stats.milliseconds;
      context.stats.cacheMilliseconds = Math.max(0, tookMs);
    }
  }
}

/** A list may have 8 MiB, so it is encoded in steps. */
function joined(head: string, items: readonly string[], tail: string, { tenant }: RequestContext): Promise<Buffer> {
  return SLICES.run(joinSteps(head, items, tail), { owner: tenant.id });
}

function* joinSteps(head: string, items: readonly string[], tail: string): Generator<void, Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let text = head;
  let separator = '';
  for (const item of items) {
    text += separator + item;
    separator = ',';
    if (text.length < CHUNK_CHARACTERS) continue;
    const chunk = Buffer.from(text);
    bytes += chunk.length;
    if (bytes > LIST_MAX_BYTES) throw HubsterError.unreadableResponse();
    chunks.push(chunk);
    text = '';
    yield;
  }
  return Buffer.concat([...chunks, Buffer.from(text + tail)]);
}

function finished(body: Buffer, headers: Readonly<Record<string, string>> = {}): LoadedResponse {
  return { status: 200, body, headers };
}

/** A 404 is cached like any other response. */
function absence(error: unknown): LoadedResponse {
  const problem = error instanceof HubsterError ? toProblem(error, { write: false }) : error;
  if (!(problem instanceof Problem) || problem.code !== 'not-found') throw error;
  return { status: 404, body: Buffer.from(JSON.stringify(problem.details.errors ?? [])), headers: {} };
}
