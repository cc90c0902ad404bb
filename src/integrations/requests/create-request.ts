import { applyDecorators } from '@nestjs/common';
import { IsDefined } from 'class-validator';
import type { Channel } from '../../channels/channel';
import { CHANNELS, channelById } from '../../channels/channel-registry';
import { Documented, Rule } from '../../channels/field';
import { configurationErrors, IsStringOrNumber, IsText, validate } from '../../channels/validate-configuration';
import { exactNumber, isJsonObject, isNumber, type JsonObject } from '../../json/json-value';
import { pointerOf, violation } from '../../problems/violation';
import { Secret } from '../../secrets/secret';
import { readConfigurationInput } from './configuration-input';
import { invalidRequestProblem, maskErrors, throwIfInvalid, type Warning, warning } from './validation-result';

/** The two statuses that a request may set (S-105, S-106). */
const STATUS_IDS = { active: 3000, paused: 3002 } as const;

const STATUS_SCHEMA = {
  ...{ type: 'integer', format: 'int32', enum: Object.values(STATUS_IDS) },
  ...{ minimum: STATUS_IDS.active, maximum: STATUS_IDS.paused },
};

const CREATABLE = CHANNELS.filter((channel) => channel.isCreatable).map(({ id }) => id);
const CONTROL_CHARACTER = /\p{Cc}/u;
/** Both rules of a name for its JSON Schema, in the syntax that all regular expressions have in common. */
const PRINTABLE_AND_TRIMMED =
  '^[^\\s\\u0000-\\u001f\\u007f-\\u009f]([^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f])?$';

const WRITABLE_MEMBERS = new Set(['channelId', 'name', 'statusId', 'configuration']);
/** Members of a response that a create does not take (S-112, S-118). */
const READ_ONLY_MEMBERS = new Set(['integrationId', 'hubId', 'inboundId', 'integrationTypeId', 'secrets', 'warnings']);

/** S-103, S-104: printable, not blank at its ends; Hubster decides whether it is unique. */
export const IsIntegrationName = () =>
  applyDecorators(
    IsText(255),
    Rule('isPrintable', (name) => !CONTROL_CHARACTER.test(String(name)), {
      message: 'Control characters are not allowed.',
      context: { schema: { pattern: PRINTABLE_AND_TRIMMED } },
    }),
    Rule('isTrimmed', (name) => typeof name === 'string' && name === name.trim(), {
      message: 'White space at either end is not allowed.',
    }),
  );

/** A status in any spelling of its number. */
export const IsStatusId = () =>
  applyDecorators(
    Rule('isInteger', (status) => isNumber(status) && Number.isInteger(exactNumber(status) ?? 0), {
      context: { prt: 302 },
    }),
    Rule('isStatusId', (status) => Object.values(STATUS_IDS).some((known) => known === exactNumber(status)), {
      context: { schema: STATUS_SCHEMA },
    }),
  );

/** S-107: the channel validates its members. */
export const IsJsonObject = () => Rule('isObject', isJsonObject);

/** The body of a create (S-100 to S-108). */
export class CreateRequest {
  @Documented('The channel; it decides the configuration.')
  @IsDefined()
  @Rule('isCreatable', (channel) => channelById(channel)?.isCreatable === true, {
    context: { schema: { type: 'string', enum: CREATABLE } },
  })
  @IsStringOrNumber()
  readonly channelId!: string;

  @Documented('Unique within the hub.')
  @IsDefined()
  @IsIntegrationName()
  readonly name!: string;

  @Documented('Active = 3000 (default), Paused = 3002.')
  @IsStatusId()
  readonly statusId?: number;

  @Documented('What the channel takes.')
  @IsDefined()
  @IsJsonObject()
  readonly configuration!: JsonObject;
}

/** A create that may be sent to Hubster. */
export interface CreateCommand {
  readonly channel: Channel;
  readonly name: string;
  readonly statusId: number;
  readonly configuration: Secret<JsonObject>;
  readonly warnings: readonly Warning[];
}

/** Reads a create from a body, or throws a problem with all that is wrong with it. */
export function readCreate(body: JsonObject): CreateCommand {
  const { value: request, errors: invalid } = validate(CreateRequest, body);
  const channel = channelById(request.channelId);
  const unknown = Object.keys(body).filter((key) => !WRITABLE_MEMBERS.has(key) && !READ_ONLY_MEMBERS.has(key));
  const errors = [...invalid, ...unknown.map((key) => violation(303, pointerOf(key)))];
  const nameMasks = maskErrors(body['name'], 'name');
  if (!channel?.isCreatable || !isJsonObject(request.configuration)) {
    throw invalidRequestProblem({ errors, masks: nameMasks });
  }
  const input = readConfigurationInput(channel, request.configuration);
  throwIfInvalid({
    errors: [...errors, ...input.errors, ...configurationErrors(channel, input.configuration, 'create')],
    masks: [...nameMasks, ...maskErrors(input.configuration, 'configuration')],
  });
  const dropped = Object.keys(body).filter((key) => READ_ONLY_MEMBERS.has(key));
  return {
    channel,
    name: request.name,
    statusId: exactNumber(request.statusId) ?? STATUS_IDS.active,
    configuration: Secret.of(input.configuration),
    warnings: [...dropped.map((key) => warning('answer-only-dropped', key)), ...input.warnings],
  };
}
