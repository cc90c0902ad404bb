import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { AuditTrail } from '../../audit/audit-trail';
import { getLiveness, getReadiness } from '../openapi/operations/service-operations';
import { Lifecycle } from '../operations/lifecycle';
import { Readiness } from '../operations/readiness';
import { ForEverybody } from '../routes/route-declaration';

/** For the platform that runs Stagedoor. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly lifecycle: Lifecycle,
    private readonly readiness: Readiness,
    private readonly audit: AuditTrail,
  ) {}

  @Get('live')
  @ForEverybody('The platform’s probes carry no credentials.', { isManagement: true, operation: getLiveness })
  live(): object {
    return { status: 'ok' };
  }

  @Get('ready')
  @ForEverybody('The platform’s probes carry no credentials.', { isManagement: true, operation: getReadiness })
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
