import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Clock } from '../../clock/clock';
import { Metrics } from '../../observability/metrics/metrics';
import { type ConstantDocument, sendDocument } from '../openapi/constant-document';
import { getMetrics } from '../openapi/operations/service-operations';
import { StateMetrics } from '../operations/state-metrics';
import { ForEverybody } from '../routes/route-declaration';

/** Rendering takes milliseconds, and the route needs no credentials. */
const RENDER_INTERVAL_MS = 1000;

/** Metrics in the text format of Prometheus, rendered at most once a second. */
@Controller('metrics')
export class MetricsController {
  #renderedAt = Number.NEGATIVE_INFINITY;
  #rendered: Promise<ConstantDocument> | undefined;

  constructor(
    private readonly metrics: Metrics,
    private readonly state: StateMetrics,
    private readonly clock: Clock,
  ) {}

  @Get()
  @ForEverybody('Names no tenant, caller or id; MANAGEMENT_PORT moves it off the public port.', {
    isManagement: true,
    operation: getMetrics,
  })
  async read(@Res() reply: FastifyReply): Promise<void> {
    const now = this.clock.monotonic();
    if (this.#rendered === undefined || now - this.#renderedAt >= RENDER_INTERVAL_MS) {
      this.#renderedAt = now;
      this.#rendered = this.#render();
    }
    sendDocument(reply, await this.#rendered);
  }

  async #render(): Promise<ConstantDocument> {
    this.state.collect();
    const { registry } = this.metrics;
    return { type: registry.contentType, body: Buffer.from(await registry.metrics()) };
  }
}
