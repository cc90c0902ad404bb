import { Readable } from 'node:stream';
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuditTrail, actorOf } from '../../audit/audit-trail';
import { AuditQuery, type EventPage } from '../../audit/query/audit-query';
import type { EventFilter } from '../../audit/query/event-filter';
import type { RequestContext } from '../../context/request-context';
import { writeJson } from '../../json/json-value';
import { listAuditEvents } from '../openapi/operations/tenant-operations';
import { acceptedQuality } from '../request/accept';
import { eventsQuery } from '../request/audit-parameters';
import { Context } from '../request/pipes';
import { BASE_PATH, ForCallers } from '../routes/route-declaration';

const NDJSON = 'application/x-ndjson';
const JSON_TYPE = 'application/json';
const EXPORT_PAGE = 500;

/** The audit trail of the caller's tenant. Each read leaves a record that is durable before the response is sent. */
@Controller(`${BASE_PATH}/audit`)
export class AuditController {
  constructor(
    private readonly query: AuditQuery,
    private readonly audit: AuditTrail,
  ) {}

  @Get('events')
  @ForCallers('audit:read', { action: 'audit.read' }, { operation: listAuditEvents })
  async events(
    @Query() query: Record<string, unknown>,
    @Context() context: RequestContext,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { filter, limit, cursor } = eventsQuery(query);
    const isExport = acceptsLines(request);
    const page = await this.query.page(context.tenant.id, filter, {
      limit: isExport ? EXPORT_PAGE : limit,
      ...(cursor !== undefined && { cursor }),
    });
    await this.audit.event(actorOf(context), {
      action: 'audit.read',
      target: { type: 'tenant', id: context.tenant.id },
      outcome: 'success',
      status: 200,
    });
    void reply.header('cache-control', 'no-store').header('vary', 'Accept');
    if (isExport) void reply.type(NDJSON).send(Readable.from(this.#lines(context.tenant.id, filter, page)));
    else void reply.type(`${JSON_TYPE}; charset=utf-8`).send(writeJson(page));
  }

  /** All events from the first page on, read as fast as the client receives them; a failure of the trail aborts the response. */
  async *#lines(tenant: string, filter: EventFilter, first: EventPage): AsyncGenerator<string> {
    for (let page = first; ; ) {
      if (page.results.length > 0) yield page.results.map((event) => `${writeJson(event)}\n`).join('');
      if (page.nextCursor === undefined) return;
      page = await this.query.page(tenant, filter, { limit: EXPORT_PAGE, cursor: page.nextCursor });
    }
  }
}

/** NDJSON is sent only to clients that name it: a client that accepts any type expects a page. */
function acceptsLines({ headers: { accept = '' } }: FastifyRequest): boolean {
  const lines = acceptedQuality(accept, NDJSON);
  return lines.isNamed && lines.quality > 0 && lines.quality >= acceptedQuality(accept, JSON_TYPE).quality;
}
