import { plainToInstance } from 'class-transformer';
import { Field } from '../../channels/fields/field';
import { valueErrors } from '../../channels/fields/value-errors';
import { exactNumber } from '../../json/json-number';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/json-value';
import { pointerOf, violation } from '../../problems/violation';
import { Secret } from '../../secrets/secret';
import { maskErrors } from './masks';
import { configurationObject, integrationName, statusId } from './request-fields';
import { throwIfInvalid } from './validation-result';
import { type Warning, warning } from './warning';

/** The body of an update (S-300 to S-303). */
export class UpdateRequest {
  @Field(integrationName, { description: 'Unique within the hub.' })
  readonly name?: string;

  @Field(statusId, { description: 'Active = 3000, Paused = 3002. Unchanged if absent.' })
  readonly statusId?: number;

  @Field(configurationObject, { description: 'POST replaces it, PATCH merges into it (RFC 7396).' })
  readonly configuration?: object;
}

/** Fields that an update cannot change; as a response sent back has them, the current value is accepted (S-302). */
export type ImmutableField = 'channelId' | 'hubId' | 'integrationTypeId';

/** An update, checked as far as possible without the integration. */
export interface UpdateCommand {
  /** `replace`: the configuration is the whole (S-303). `merge`: it is a JSON Merge Patch (S-326). */
  readonly mode: 'replace' | 'merge';
  readonly name?: string;
  readonly statusId?: number;
  readonly configuration?: Secret<JsonObject>;
  readonly immutableFields: ReadonlyMap<ImmutableField, JsonValue>;
  readonly warnings: readonly Warning[];
}

const TAKEN = new Set(['name', 'statusId', 'configuration']);
const IMMUTABLE_FIELDS: readonly ImmutableField[] = ['channelId', 'hubId', 'integrationTypeId'];
/** Members of a response that an update does not take (S-302). */
const READ_ONLY = new Set(['integrationId', 'inboundId', 'secrets', 'warnings']);

/** Reads an update from a body, or throws a problem with all that is wrong with it so far. */
export function readUpdate(body: JsonObject, mode: UpdateCommand['mode']): UpdateCommand {
  const unknown = Object.keys(body).filter(
    (key) => !TAKEN.has(key) && !READ_ONLY.has(key) && !IMMUTABLE_FIELDS.some((field) => field === key),
  );
  const isEmpty = Object.keys(body).every((key) => !TAKEN.has(key));
  throwIfInvalid({
    errors: [
      ...(isEmpty ? [violation(301, '', "At least one of 'name', 'statusId' and 'configuration' is required.")] : []),
      ...valueErrors(UpdateRequest, body),
      ...unknown.map((key) => violation(303, pointerOf(key))),
    ],
    masks: maskErrors(body['name'], 'name'),
  });
  const request = plainToInstance(UpdateRequest, { name: body['name'], statusId: exactNumber(body['statusId']) });
  const { configuration } = body;
  return {
    mode,
    ...(request.name !== undefined && { name: request.name }),
    ...(request.statusId !== undefined && { statusId: request.statusId }),
    ...(isJsonObject(configuration) && { configuration: Secret.of(configuration) }),
    immutableFields: new Map(IMMUTABLE_FIELDS.flatMap((field) => present(field, body[field]))),
    warnings: Object.keys(body)
      .filter((key) => READ_ONLY.has(key))
      .map((key) => warning('answer-only-dropped', key)),
  };
}

function present(field: ImmutableField, value: JsonValue | undefined): [ImmutableField, JsonValue][] {
  return value === undefined ? [] : [[field, value]];
}
