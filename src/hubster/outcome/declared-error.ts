import { CHANNELS } from '../../channels/channel-registry';
import { type FieldError, fieldError, parameterError, pointerOf } from '../../problems/violation';
import type { UpstreamError } from './outcome';

const BODY_FIELDS = ['channelId', 'name', 'statusId', 'configuration'];
const PARAMETERS = ['hubId', 'integrationId', 'channelType', 'pageNumber', 'pageSize'];
const CONFIGURATION_FIELDS = [...new Set(CHANNELS.flatMap(({ fields }) => fields.map(({ name }) => name)))];

/** One of Hubster's errors in our words. The property it quotes is kept, and placed, when it is a declared one (S-008). */
export function declaredError({ code, property }: UpstreamError): FieldError {
  const named = (names: readonly string[]) => names.find((name) => name.toLowerCase() === property?.toLowerCase());
  const field = named(BODY_FIELDS);
  if (field) return fieldError(code, pointerOf(field));
  const parameter = named(PARAMETERS);
  if (parameter) return parameterError(code, parameter);
  const setting = named(CONFIGURATION_FIELDS);
  return fieldError(code, setting && pointerOf('configuration', setting));
}
