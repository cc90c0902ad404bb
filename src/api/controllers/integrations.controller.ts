import { Controller, Delete, Get, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CacheResult } from '../../cache/cache-read';
import { guidOf } from '../../context/guid';
import type { RequestContext } from '../../context/request-context';
import { IntegrationReader, type ReadOptions } from '../../integrations/integration-reader';
import { IntegrationWriter } from '../../integrations/integration-writer';
import type { ComparisonCheck } from '../../integrations/reconciliation/reconcile-create';
import { readCreate } from '../../integrations/requests/create-request';
import { readUpdate, type UpdateCommand } from '../../integrations/requests/update-request';
import type { JsonObject } from '../../json/json-value';
import { Problem } from '../../problems/problem';
import { IdempotentWrites } from '../hooks/idempotency.hook';
import { SecretComparisons } from '../hooks/secret-comparisons';
import {
  DescribeByChannel,
  DescribeCollection,
  DescribeDelete,
  DescribeGet,
  DescribePatch,
  DescribePost,
} from '../openapi/integration-operations';
import { abortOnDisconnect } from '../request/abort-on-disconnect';
import { cacheDirectives } from '../request/cache-directives';
import { precondition, prefersLenient } from '../request/conditions';
import { CurrentTenants } from '../request/current-tenants';
import { bodyOf } from '../request/json-body';
import { collectionQuery, noQuery, pathChannel, pathGuid } from '../request/parameters';
import { contextOf } from '../request/request-state';
import { pageLinks } from '../response/page-links';
import { sendRead } from '../response/send-read';
import { sendWritten } from '../response/send-written';
import { UnsentResponses } from '../response/unsent-responses';
import { BASE_PATH } from '../routes/paths';
import { ForCallers } from '../routes/route-declaration';

const PATH = `${BASE_PATH}/integrations`;

/** Hubster's five calls under their own paths, plus PATCH and DELETE. */
@Controller(PATH)
export class IntegrationsController {
  constructor(
    private readonly reader: IntegrationReader,
    private readonly writer: IntegrationWriter,
    private readonly idempotent: IdempotentWrites,
    private readonly comparisons: SecretComparisons,
    private readonly tenants: CurrentTenants,
    private readonly unsent: UnsentResponses,
  ) {}

  /**
   * Create and update share one path (S-300): a body with `channelId` creates, unless it is a response sent back, whose
   * `integrationId` is the one of the path (S-325).
   */
  @Post('hubs/:hubId')
  @DescribePost()
  @ForCallers('integrations:write', { action: 'integration.create' }, { evaluatesConditions: true })
  async createOrUpdate(
    @Param('hubId') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const target = pathGuid(id, 'hubId');
    noQuery(request);
    const body = bodyOf(request);
    if (isUpdate(body, target)) return this.#update(target, body, 'replace', request, reply);
    if (precondition(request.headers).precondition?.([]) === false) throw new Problem('precondition-failed');
    const command = readCreate(body);
    const context = contextOf(request);
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
  @DescribePatch()
  @ForCallers('integrations:write', { action: 'integration.update' }, { evaluatesConditions: true })
  async patch(
    @Param('integrationId') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const target = pathGuid(id, 'integrationId');
    noQuery(request);
    await this.#update(target, bodyOf(request), 'merge', request, reply);
  }

  @Delete(':integrationId')
  @DescribeDelete()
  @ForCallers('integrations:write', { action: 'integration.delete' }, { evaluatesConditions: true })
  async remove(
    @Param('integrationId') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const target = pathGuid(id, 'integrationId');
    noQuery(request);
    await this.idempotent.run(request, reply, async (isRepeat) => {
      await this.writer.remove(contextOf(request), target, { ...precondition(request.headers), isRepeat });
      void reply.status(200).header('cache-control', 'no-store').send();
    });
  }

  @Get(':integrationId')
  @DescribeGet()
  @ForCallers('integrations:read', { action: 'integration.read' })
  async one(
    @Param('integrationId') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const target = pathGuid(id, 'integrationId');
    noQuery(request);
    const options = readOptions(request, reply);
    await this.#send(request, reply, (context) => this.reader.get(context, target, options));
  }

  @Get('hubs/:hubId/:channelType')
  @DescribeByChannel()
  @ForCallers('integrations:read', { action: 'integration.read' })
  async byChannel(
    @Param('hubId') hubId: string,
    @Param('channelType') channelType: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const hub = pathGuid(hubId, 'hubId');
    const channel = pathChannel(channelType, 'channelType');
    noQuery(request);
    const options = readOptions(request, reply);
    await this.#send(request, reply, (context) => this.reader.byChannel(context, hub, channel, options));
  }

  @Get()
  @DescribeCollection()
  @ForCallers('integrations:read', { action: 'integration.read' })
  async collection(
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const parsed = collectionQuery(query);
    const link = (page: Parameters<typeof pageLinks>[2]) => pageLinks(PATH, parsed, page);
    const options = { ...readOptions(request, reply), link };
    await this.#send(request, reply, (context) => this.reader.collection(context, parsed, options));
  }

  async #send(
    request: FastifyRequest,
    reply: FastifyReply,
    read: (context: RequestContext) => Promise<CacheResult>,
  ): Promise<void> {
    await sendRead(request, reply, this.unsent, this.tenants.read(request, read));
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

function readOptions({ headers }: FastifyRequest, reply: FastifyReply): ReadOptions {
  return { directives: cacheDirectives(headers), signal: abortOnDisconnect(reply) };
}
