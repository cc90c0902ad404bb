import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CHANNELS } from '../../channels/channel-registry';
import { IntegrationSecrets } from '../../integrations/integration-secrets';
import type { JsonObject } from '../../json/json-value';
import { invalidRequest } from '../../problems/problem';
import { pointerOf, violation } from '../../problems/violation';
import { Secret } from '../../secrets/secret';
import { SecretComparisons } from '../hooks/secret-comparisons';
import { compareSecret } from '../openapi/operations/secret-operations';
import { bodyOf } from '../request/body';
import { noQuery, pathGuid } from '../request/parameters';
import { CurrentTenants, contextOf } from '../request/request-state';
import { BASE_PATH, ForCallers } from '../routes/route-declaration';

const REQUIRED = 301;
const BAD_TYPE = 302;
const UNKNOWN = 303;

/** Lets a caller compare its copy of a secret with the one in use, without showing either. */
@Controller(`${BASE_PATH}/integrations/:integrationId/secrets`)
export class SecretsController {
  constructor(
    private readonly secrets: IntegrationSecrets,
    private readonly comparisons: SecretComparisons,
    private readonly tenants: CurrentTenants,
  ) {}

  /** The record is durable before the response is sent, and names the field; that of a rejection only if the field exists. */
  @Post(':field/compare')
  @HttpCode(200)
  @ForCallers('secrets:compare', { action: 'secret.compare' }, { operation: compareSecret })
  async compare(
    @Param('integrationId') id: string,
    @Param('field') field: string,
    @Req() request: FastifyRequest,
  ): Promise<{ readonly match: boolean }> {
    const context = contextOf(request);
    const integrationId = pathGuid(id, 'integrationId');
    const target = { type: 'integration', id: integrationId, ...locationOf(field) } as const;
    request.state.target = target;
    await this.comparisons.takeByCaller(context);
    noQuery(request);
    const value = comparedValue(bodyOf(request));
    const match = await this.tenants.read(request, (current) =>
      this.secrets.matches(current, integrationId, field, {
        value: value.reveal(),
        checkLimit: () => this.comparisons.takeOfSecret(current, integrationId, pointerOf('configuration', field)),
      }),
    );
    await this.comparisons.record(context, target);
    return { match };
  }
}

/** A path may contain anything; only names of secrets that a channel declares are recorded. */
function locationOf(field: string): { readonly pointer?: string } {
  const isDeclared = CHANNELS.some(({ fields }) => fields.some(({ name, secret }) => name === field && secret));
  return isDeclared ? { pointer: pointerOf('configuration', field) } : {};
}

/** The value in `{ "value": "…" }`. */
function comparedValue(body: JsonObject): Secret {
  const { value, ...others } = body;
  const errors = Object.keys(others).map((name) => violation(UNKNOWN, pointerOf(name)));
  if (value === undefined) errors.push(violation(REQUIRED, '/value'));
  else if (typeof value !== 'string' || value === '') errors.push(violation(BAD_TYPE, '/value'));
  if (errors.length > 0 || typeof value !== 'string') throw invalidRequest(errors);
  return Secret.of(value);
}
