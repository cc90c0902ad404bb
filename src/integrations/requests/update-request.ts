import { Documented } from '../../channels/field';
import { validate } from '../../channels/validate-configuration';
import { exactNumber, type JsonObject, type JsonValue } from '../../json/json-value';
import { pointerOf, violation } from '../../problems/violation';
import { Secret } from '../../secrets/secret';
import { IsIntegrationName, IsJsonObject, IsStatusId } from './create-request';
import { maskErrors, throwIfInvalid, type Warning, warning } from './validation-result';

const WRITABLE_MEMBERS = new Set(['name', 'statusId', 'configuration']);
const IMMUTABLE_FIELDS: readonly ImmutableField[] = ['channelId', 'hubId', 'integrationTypeId'];
/** Members of a response that an update does not take (S-302). */
const READ_ONLY_MEMBERS = new Set(['integrationId', 'inboundId', 'secrets', 'warnings']);

/** The body of an update (S-300 to S-303). */
export class UpdateRequest {
  @Documented('Unique within the hub.')
  @IsIntegrationName()
  readonly name?: string;

  @Documented('Active = 3000, Paused = 3002. Unchanged if absent.')
  @IsStatusId()
  readonly statusId?: number;

  @Documented('POST replaces it, PATCH merges into it (RFC 7396).')
  @IsJsonObject()
  readonly configuration?: JsonObject;
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

/** Reads an update from a body, or throws a problem with all that is wrong with it so far. */
export function readUpdate(body: JsonObject, mode: UpdateCommand['mode']): UpdateCommand {
  const unknown = Object.keys(body).filter(
    (key) =>
      !WRITABLE_MEMBERS.has(key) && !READ_ONLY_MEMBERS.has(key) && !IMMUTABLE_FIELDS.some((field) => field === key),
  );
  const { value: request, errors } = validate(UpdateRequest, body);
  const isEmpty = Object.keys(body).every((key) => !WRITABLE_MEMBERS.has(key));
  throwIfInvalid({
    errors: [
      ...(isEmpty ? [violation(301, '', "At least one of 'name', 'statusId' and 'configuration' is required.")] : []),
      ...errors,
      ...unknown.map((key) => violation(303, pointerOf(key))),
    ],
    masks: maskErrors(body['name'], 'name'),
  });
  const { name, configuration } = request;
  const status = exactNumber(request.statusId);
  return {
    mode,
    ...(name !== undefined && { name }),
    ...(status !== undefined && { statusId: status }),
    ...(configuration && { configuration: Secret.of(configuration) }),
    immutableFields: new Map(IMMUTABLE_FIELDS.flatMap((field) => present(field, body[field]))),
    warnings: Object.keys(body)
      .filter((key) => READ_ONLY_MEMBERS.has(key))
      .map((key) => warning('answer-only-dropped', key)),
  };
}

function present(field: ImmutableField, value: JsonValue | undefined): [ImmutableField, JsonValue][] {
  return value === undefined ? [] : [[field, value]];
}
