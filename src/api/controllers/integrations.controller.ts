import { Controller, Delete, Get, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../../config/config';
import { guidOf, type RequestContext } from '../../context/request-context';
import { IntegrationReader, type ReadOptions } from '../../integrations/integration-reader';
import { IntegrationWriter } from '../../integrations/integration-writer';
import type { ComparisonCheck } from '../../integrations/reconciliation/reconcile-create';
import { readCreate } from '../../integrations/requests/create-request';
import { readUpdate, type UpdateCommand } from '../../integrations/requests/update-request';
import type { JsonObject } from '../../json/json-value';
import { Problem } from '../../problems/problem';
import { CachedReads } from '../hooks/cached-reads';
import { IdempotentWrites, sendWritten } from '../hooks/idempotency.hook';
import { SecretComparisons } from '../hooks/secret-comparisons';
import { getIntegration, listIntegrations, listIntegrationsByChannel } from '../openapi/operations/integration-reads';
import {
  createOrUpdateIntegration,
  deleteIntegration,
  patchIntegration,
} from '../openapi/operations/integration-writes';
import { bodyOf } from '../request/body';
import { cacheDirectives, precondition, prefersLenient } from '../request/caching-headers';
import { channelQuery, integrationQuery, pageQuery } from '../request/parameters';
import { Context, GuidPipe, NoQueryPipe } from '../request/pipes';
import { contextOf } from '../request/request-state';
import { pageLinks } from '../response/page-links';
import { BASE_PATH, ForCallers } from '../routes/route-declaration';

const PATH = `${BASE_PATH}/integrations`;

/** Hubster's five calls under their own paths, plus PATCH and DELETE. */
@Controller(PATH)
export class IntegrationsController {
  constructor(
    private readonly reader: IntegrationReader,
    private readonly writer: IntegrationWriter,
    private readonly idempotent: IdempotentWrites,
    private readonly comparisons: SecretComparisons,
    private readonly reads: CachedReads,
    private readonly config: Config,
  ) {}

  /**
   * Create and update share one path (S-300): a body with `channelId` creates, unless it is a response sent back, whose
   * `integrationId` is the one of the path (S-325).
   */
  @Post('hubs/:hubId')
  @ForCallers(
    'integrations:write',
    { action: 'integration.create' },
    { evaluatesConditions: true, operation: createOrUpdateIntegration },
  )
  async createOrUpdate(
    @Param('hubId', GuidPipe) target: string,
    @Query(NoQueryPipe) _query: unknown,
    @Context() context: RequestContext,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = bodyOf(request);
    if (isUpdate(body, target)) return this.#update(target, body, 'replace', request, reply);
    if (precondition(request.headers).precondition?.([]) === false) throw new Problem('precondition-failed');
    const command = readCreate(body);
    const mayCompare: ComparisonCheck = (id, pointers) => this.comparisons.mayCompare(context, id, pointers);
    await this.idempotent.run(
      request,
      reply,
      async (isRepeat) => {
        sendWritten(request, reply, await this.writer.create(context, target, command, { isRepeat, mayCompare }));
      },
      (integrationId) => this.writer.read(context, integrationId),
    );
  }

  @Patch(':integrationId')
  @ForCallers(
    'integrations:write',
    { action: 'integration.update' },
    { evaluatesConditions: true, operation: patchIntegration },
  )
  async patch(
    @Param('integrationId', GuidPipe) target: string,
    @Query(NoQueryPipe) _query: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.#update(target, bodyOf(request), 'merge', request, reply);
  }

  @Delete(':integrationId')
  @ForCallers(
    'integrations:write',
    { action: 'integration.delete' },
    { evaluatesConditions: true, operation: deleteIntegration },
  )
  async remove(
    @Param('integrationId', GuidPipe) target: string,
    @Query(NoQueryPipe) _query: unknown,
    @Context() context: RequestContext,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.idempotent.run(request, reply, async (isRepeat) => {
      await this.writer.remove(context, target, { ...precondition(request.headers), isRepeat });
      void reply.status(200).header('cache-control', 'no-store').send();
    });
  }

  @Get(':integrationId')
  @ForCallers(
    'integrations:read',
    { action: 'integration.read' },
    { readQuery: integrationQuery, operation: getIntegration },
  )
  async one(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { integrationId } = integrationQuery(request);
    const options = readOptions(request);
    await this.reads.send(request, reply, (context) => this.reader.get(context, integrationId, options));
  }

  @Get('hubs/:hubId/:channelType')
  @ForCallers(
    'integrations:read',
    { action: 'integration.read' },
    { readQuery: channelQuery, operation: listIntegrationsByChannel },
  )
  async byChannel(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { hubId, channel } = channelQuery(request);
    const options = readOptions(request);
    await this.reads.send(request, reply, (context) => this.reader.byChannel(context, hubId, channel, options));
  }

  @Get()
  @ForCallers(
    'integrations:read',
    { action: 'integration.read' },
    { readQuery: pageQuery, operation: listIntegrations },
  )
  async collection(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { query } = pageQuery(request);
    const link = (page: Parameters<typeof pageLinks>[2]) => pageLinks(this.config.http.publicUrl + PATH, query, page);
    const options = { ...readOptions(request), link };
    await this.reads.send(request, reply, (context) => this.reader.collection(context, query, options));
  }

  async #update(
    target: string,
    body: JsonObject,
    mode: UpdateCommand['mode'],
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    request.state.action = 'integration.update';
    const conditions = {
      ...precondition(request.headers),
      isLenient: prefersLenient(request.headers),
      checkComparisons: (pointers: readonly string[]) => this.comparisons.admit(contextOf(request), target, pointers),
    };
    const command = readUpdate(body, mode);
    await this.idempotent.run(
      request,
      reply,
      async (isRepeat) => {
        const written = await this.writer.update(contextOf(request), target, command, { ...conditions, isRepeat });
        sendWritten(request, reply, written);
      },
      (integrationId) => this.writer.read(contextOf(request), integrationId),
    );
  }
}

function isUpdate(body: JsonObject, target: string): boolean {
  return body['channelId'] === undefined || guidOf(body['integrationId']) === target;
}

function readOptions({ headers, state }: FastifyRequest): ReadOptions {
  return { directives: cacheDirectives(headers), signal: state.connection?.disconnected };
}
