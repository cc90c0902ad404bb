import { Controller, Get, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AuditTrail } from '../../audit/audit-trail';
import { Lifecycle } from '../operations/lifecycle';
import { Readiness } from '../operations/readiness';
import { ForEverybody } from '../routes/route-declaration';

/** For the platform that runs Stagedoor. */
@ApiTags('operations')
@Controller('health')
export class HealthController {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly readiness: Readiness,
    private readonly audit: AuditTrail,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'Liveness: whether the process runs. It calls no other service' })
  @ForEverybody('The platform’s probes carry no credentials.', { isManagement: true })
  live(): object {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({
    summary: 'Readiness: 503 while the service starts or drains. A start ends with a first write to the audit trail',
  })
  @ForEverybody('The platform’s probes carry no credentials.', { isManagement: true })
  ready(@Res({ passthrough: true }) reply: FastifyReply): object {
    if (!this.lifecycle.isReady) {
      reply.status(503);
      return { status: this.lifecycle.isDraining ? 'draining' : 'starting' };
    }
    // After the first write, a failing trail is only `degraded`: reads still work.
    if (!this.audit.hasStarted) {
      reply.status(503);
      return { status: 'starting', waitingFor: ['audit'] };
    }
    const { degraded } = this.readiness;
    return degraded.length > 0 ? { status: 'degraded', degraded } : { status: 'ok' };
  }
}
