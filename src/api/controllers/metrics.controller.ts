import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Clock } from '../../clock/clock';
import { Metrics } from '../../observability/metrics';
import { type ConstantDocument, sendDocument } from '../openapi/constant-document';
import { ForEverybody } from '../routes/route-declaration';

/** Rendering takes milliseconds, and the route needs no credentials. */
const RENDER_INTERVAL_MS = 1000;

/** Metrics in the text format of Prometheus, rendered at most once a second. */
@ApiTags('operations')
@Controller('metrics')
export class MetricsController {
  #renderedAt = Number.NEGATIVE_INFINITY;
  #rendered: Promise<ConstantDocument> | undefined;

  constructor(
    private readonly metrics: Metrics,
    private readonly clock: Clock,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Metrics for Prometheus' })
  @ForEverybody('Names no tenant, caller or id; MANAGEMENT_PORT moves it off the public port.', { isManagement: true })
  async read(@Res() reply: FastifyReply): Promise<void> {
    const now = this.clock.monotonic();
    if (this.#rendered === undefined || now - this.#renderedAt >= RENDER_INTERVAL_MS) {
      this.#renderedAt = now;
      this.#rendered = this.#render();
    }
    sendDocument(reply, await this.#rendered);
  }

  async #render(): Promise<ConstantDocument> {
    const { registry } = this.metrics;
    return { type: registry.contentType, body: Buffer.from(await registry.metrics()) };
  }
}
