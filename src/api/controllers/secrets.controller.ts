import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { actorOf } from '../../audit/actor';
import { AuditTrail } from '../../audit/audit-trail';
import { IntegrationSecrets } from '../../integrations/integration-secrets';
import { CompareAllowance } from '../http/compare-allowance';
import { comparedValue } from '../http/compared-value';
import { contextOf } from '../http/exchange';
import { bodyOf } from '../http/json-body';
import { noQuery, pathGuid } from '../http/parameters';
import { DescribeCompare } from '../openapi/secret-operations';
import { BASE_PATH } from '../routes/paths';
import { ForCallers } from '../routes/route-declaration';

/** Lets a caller find out whether the secret it holds is the one in use, without either being shown. */
@Controller(`${BASE_PATH}/integrations/:integrationId/secrets`)
export class SecretsController {
  constructor(
    private readonly secrets: IntegrationSecrets,
    private readonly audit: AuditTrail,
    private readonly allowance: CompareAllowance,
  ) {}

  /** The record is durable before the answer leaves: nobody tries secrets unseen. */
  @Post(':field/compare')
  @HttpCode(200)
  @DescribeCompare()
  @ForCallers('secrets:compare', { action: 'secret.compare' })
  async compare(
    @Param('integrationId') id: string,
    @Param('field') field: string,
    @Req() request: FastifyRequest,
  ): Promise<{ readonly match: boolean }> {
    const context = contextOf(request);
    this.allowance.take(context.caller.id);
    const target = pathGuid(id, 'integrationId');
    noQuery(request);
    const value = comparedValue(bodyOf(request));
    const match = await this.secrets.matches(context, target, field, value.reveal());
    await this.audit.event(actorOf(context), {
      action: 'secret.compare',
      target: { type: 'integration', id: target },
      outcome: 'success',
      status: 200,
    });
    return { match };
  }
}
