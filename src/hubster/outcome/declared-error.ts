import { CHANNELS } from '../../channels/channel-registry';
import { parameterViolation, pointerOf, type Violation, violation } from '../../problems/violation';
import type { UpstreamError } from './outcome';

const BODY_FIELDS = ['channelId', 'name', 'statusId', 'configuration'];
const PARAMETERS = ['hubId', 'integrationId', 'channelType', 'pageNumber', 'pageSize'];
const CONFIGURATION_FIELDS = [...new Set(CHANNELS.flatMap(({ fields }) => fields.map(({ name }) => name)))];

/** One of Hubster's errors as a violation, with a pointer if the property that it quotes is a declared one (S-008). */
export function declaredError({ code, property }: UpstreamError): Violation {
  const named = (names: readonly string[]) => names.find((name) => name.toLowerCase() === property?.toLowerCase());
  const field = named(BODY_FIELDS);
  if (field) return violation(code, pointerOf(field));
  const parameter = named(PARAMETERS);
  if (parameter) return parameterViolation(code, parameter);
  const setting = named(CONFIGURATION_FIELDS);
  return violation(code, setting && pointerOf('configuration', setting));
}
