import { isJsonObject, type JsonObject, parseJson } from '../json';
import type { Properties } from '../rules/properties';
import { type Check, oneOf, text, wrongType } from '../rules/property';
import { emptyResponse, hasMediaType, type SandboxRequest, type SandboxResponse } from '../sandbox-http';
import { rejection } from './portal-error';

/** Maximum length of a name in characters (S-103). */
const NAME_LIMIT = 255;

const configuration: Check = (name, value) => (isJsonObject(value) ? [] : wrongType(name, 'an object'));
const statusId = { mandatory: false, check: oneOf([3000, 3002]) };

export const CREATE_PROPERTIES: Properties = {
  channelId: { mandatory: true, check: text() },
  name: { mandatory: true, check: text(NAME_LIMIT) },
  statusId,
  configuration: { mandatory: true, check: configuration },
};

export const UPDATE_PROPERTIES: Properties = {
  name: { mandatory: false, check: text(NAME_LIMIT) },
  statusId,
  configuration: { mandatory: false, check: configuration },
};

/** Throws PRT000300 for a missing body and PRT000302 for one that is not a JSON object. */
export function readWriteBody({ body }: SandboxRequest): JsonObject {
  if (body.trim() === '') throw rejection(300);
  const parsed = parseJson(body);
  if (!parsed.ok || !isJsonObject(parsed.value)) throw rejection(302, 'The body is not a JSON object.');
  return parsed.value;
}

/** The response to a write that does not declare `application/json`. */
export function rejectMediaType(request: SandboxRequest): SandboxResponse | undefined {
  return hasMediaType(request, 'application/json') ? undefined : emptyResponse(415);
}
