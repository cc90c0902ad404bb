import { plainToInstance } from 'class-transformer';
import type { Channel } from '../../channels/channel';
import { channelById } from '../../channels/channel-registry';
import { Field } from '../../channels/fields/field';
import { valueErrors } from '../../channels/fields/value-errors';
import { configurationErrors } from '../../channels/validate-configuration';
import { exactNumber, isJsonObject, type JsonObject } from '../../json/json-value';
import { pointerOf, violation } from '../../problems/violation';
import { Secret } from '../../secrets/secret';
import { readConfigurationInput } from './configuration-input';
import { maskErrors } from './masks';
import { configurationObject, creatableChannel, integrationName, STATUS_IDS, statusId } from './request-fields';
import { invalidRequestProblem, throwIfInvalid } from './validation-result';
import { type Warning, warning } from './warning';

/** The body of a create (S-100 to S-108). */
export class CreateRequest {
  @Field(creatableChannel, { required: true, description: 'The channel; it decides the configuration.' })
  readonly channelId!: string;

  @Field(integrationName, { required: true, description: 'Unique within the hub.' })
  readonly name!: string;

  @Field(statusId, { description: 'Active = 3000 (default), Paused = 3002.' })
  readonly statusId?: number;

  @Field(configurationObject, { required: true, description: 'What the channel takes.' })
  readonly configuration!: object;
}

/** A create that may be sent to Hubster. */
export interface CreateCommand {
  readonly channel: Channel;
  readonly name: string;
  readonly statusId: number;
  readonly configuration: Secret<JsonObject>;
  readonly warnings: readonly Warning[];
}

const TAKEN = new Set(['channelId', 'name', 'statusId', 'configuration']);
/** Members of a response that a create does not take (S-112, S-118). */
const READ_ONLY = new Set(['integrationId', 'hubId', 'inboundId', 'integrationTypeId', 'secrets', 'warnings']);

/** Reads a create from a body, or throws a problem with all that is wrong with it. */
export function readCreate(body: JsonObject): CreateCommand {
  const channel = channelById(body['channelId']);
  const sent = body['configuration'];
  const unknown = Object.keys(body).filter((key) => !TAKEN.has(key) && !READ_ONLY.has(key));
  const errors = [...valueErrors(CreateRequest, body), ...unknown.map((key) => violation(303, pointerOf(key)))];
  const nameMasks = maskErrors(body['name'], 'name');
  if (!channel?.isCreatable || !isJsonObject(sent)) throw invalidRequestProblem({ errors, masks: nameMasks });

  const input = readConfigurationInput(channel, sent);
  throwIfInvalid({
    errors: [...errors, ...input.errors, ...configurationErrors(channel, input.configuration, 'create')],
    masks: [...nameMasks, ...maskErrors(input.configuration, 'configuration')],
  });
  const { name, statusId: status } = plainToInstance(CreateRequest, {
    name: body['name'],
    statusId: exactNumber(body['statusId']),
  });
  const dropped = Object.keys(body).filter((key) => READ_ONLY.has(key));
  return {
    channel,
    name,
    statusId: status ?? STATUS_IDS.active,
    configuration: Secret.of(input.configuration),
    warnings: [...dropped.map((key) => warning('answer-only-dropped', key)), ...input.warnings],
  };
}
