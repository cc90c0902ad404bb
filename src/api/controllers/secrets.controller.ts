import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CHANNELS } from '../../channels/channel-registry';
import { IntegrationSecrets } from '../../integrations/integration-secrets';
import { pointerOf } from '../../problems/field-error';
import { comparedValue } from '../http/compared-value';
import { CurrentTenants } from '../http/current-tenants';
import { contextOf } from '../http/exchange';
import { bodyOf } from '../http/json-body';
import { noQuery, pathGuid } from '../http/parameters';
import { SecretGuesses } from '../http/secret-guesses';
import { DescribeCompare } from '../openapi/secret-operations';
import { BASE_PATH } from '../routes/paths';
import { ForCallers } from '../routes/route-declaration';

/** Lets a caller find out whether the secret it holds is the one in use, without either being shown. */
@Controller(`${BASE_PATH}/integrations/:integrationId/secrets`)
export class SecretsController {
  constructor(
    private readonly secrets: IntegrationSecrets,
    private readonly guesses: SecretGuesses,
    private readonly tenants: CurrentTenants,
  ) {}

  /** The record is durable before the answer leaves, and names the field; where it is refused, only if it is one. */
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
    const integrationId = pathGuid(id, 'integrationId');
    const target = { type: 'integration', id: integrationId, ...placeOf(field) } as const;
    request.exchange.target = target;
    await this.guesses.takeByCaller(context);
    noQuery(request);
    const value = comparedValue(bodyOf(request));
    const match = await this.tenants.read(request, (current) =>
      this.secrets.matches(current, integrationId, field, {
        value: value.reveal(),
        admit: () => this.guesses.takeOfSecret(current, integrationId, pointerOf('configuration', field)),
      }),
    );
    await this.guesses.record(context, target);
    return { match };
  }
}

/** What a path names may be anything; a secret that some channel declares may be told. */
function placeOf(field: string): { readonly pointer?: string } {
  const isDeclared = CHANNELS.some(({ fields }) => fields.some(({ name, secret }) => name === field && secret));
  return isDeclared ? { pointer: pointerOf('configuration', field) } : {};
}
