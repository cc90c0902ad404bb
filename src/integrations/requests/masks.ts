import { isJsonObject, type JsonValue } from '../../json/json-value';
import { pointerOf, type Violation, violation } from '../../problems/violation';
import { MASK } from '../../secrets/secret';

/** The number of masks that are listed is limited, as their pointers may be long. */
const MAX_MASKS = 101;

/** The strings that contain a mask, at any depth (S-315): no mask is ever sent to Hubster. */
export function maskErrors(value: JsonValue | undefined, ...path: readonly string[]): Violation[] {
  const errors: Violation[] = [];
  collect(value, pointerOf(...path), errors);
  return errors;
}

function collect(value: JsonValue | undefined, pointer: string, errors: Violation[]): void {
  if (errors.length >= MAX_MASKS) return;
  if (typeof value === 'string') {
    if (value.includes(MASK)) errors.push(violation(206, pointer, 'The value is a mask.'));
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) collect(item, `${pointer}/${index}`, errors);
  } else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) collect(item, pointer + pointerOf(key), errors);
  }
}
