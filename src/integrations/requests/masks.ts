import { isJsonObject, type JsonValue } from '../../json/json-value';
import { type FieldError, fieldError, pointerOf } from '../../problems/field-error';
import { MASK } from '../../secrets/secret';

/** Every string that contains a mask, at any depth (S-315): nothing mask-shaped is ever sent to Hubster. */
export function maskErrors(value: JsonValue | undefined, ...path: readonly (string | number)[]): FieldError[] {
  if (typeof value === 'string') {
    return value.includes(MASK) ? [fieldError(206, pointerOf(...path), 'A mask stands in place of the value.')] : [];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => maskErrors(item, ...path, index));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => maskErrors(item, ...path, key));
}
