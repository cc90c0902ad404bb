import type { JsonObject } from '../json/json-value';
import { pointerOf, type Violation, violation } from '../problems/violation';
import type { Channel } from './channel';
import { fieldNamed } from './configuration-keys';
import { valueErrors } from './fields/value-errors';

export type Operation = 'create' | 'update';

/** Where a configuration stands in a request. */
const PLACE = 'configuration';

/**
 * All that is wrong with a complete configuration, its keys in their documented spelling (S-108, S-751).
 * Answer-only fields have been taken out before.
 */
export function configurationErrors(channel: Channel, configuration: JsonObject, operation: Operation): Violation[] {
  return [
    ...unknownKeys(channel, configuration, operation),
    ...valueErrors(channel.configuration, configuration, PLACE),
    ...wrongChoice(channel, configuration),
  ];
}

function unknownKeys(channel: Channel, configuration: JsonObject, operation: Operation): Violation[] {
  return Object.keys(configuration)
    .filter((key) => {
      const field = fieldNamed(channel, key);
      return !field || field.readOnly || (field.updateOnly && operation === 'create');
    })
    .map((key) => violation(303, pointerOf(PLACE, key)));
}

function wrongChoice({ exactlyOneOf }: Channel, configuration: JsonObject): Violation[] {
  const [first] = exactlyOneOf;
  if (first === undefined) return [];
  const present = exactlyOneOf.filter((name) => Object.hasOwn(configuration, name));
  const rule = `Exactly one of '${exactlyOneOf.join("' and '")}' is expected.`;
  if (present.length === 0) return [violation(301, pointerOf(PLACE, first), rule)];
  return present.slice(1).map((name) => violation(303, pointerOf(PLACE, name), rule));
}
