import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Metrics } from '../../observability/metrics';
import { ForEverybody } from '../routes/route-declaration';

/** Figures in the text format of Prometheus. */
@ApiTags('operations')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @ApiOperation({ summary: 'Figures for Prometheus' })
  @ForEverybody('Names no tenant, caller or id; MANAGEMENT_PORT moves it off the public port.', { isManagement: true })
  async read(@Res() reply: FastifyReply): Promise<void> {
    const { registry } = this.metrics;
    void reply.type(registry.contentType).send(await registry.metrics());
  }
}
