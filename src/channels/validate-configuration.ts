import type { JsonObject } from '../json/json-value';
import { pointerOf, type Violation, violation } from '../problems/violation';
import type { Channel } from './channel';
import { fieldNamed } from './configuration-keys';
import { valueErrors } from './fields/value-errors';

export type WriteOperation = 'create' | 'update';

/** The member of a request that holds the configuration. */
const MEMBER = 'configuration';

/**
 * Every violation of a complete configuration (S-108, S-751). Its keys have their documented spelling (`renameKeys`), and
 * the caller of this function has removed read-only fields.
 */
export function configurationErrors(
  channel: Channel,
  configuration: JsonObject,
  operation: WriteOperation,
): Violation[] {
  return [
    ...unknownKeys(channel, configuration, operation),
    ...valueErrors(channel.configuration, configuration, MEMBER),
    ...wrongChoice(channel, configuration),
  ];
}

function unknownKeys(channel: Channel, configuration: JsonObject, operation: WriteOperation): Violation[] {
  return Object.keys(configuration)
    .filter((key) => {
      const field = fieldNamed(channel, key);
      return !field || field.readOnly || (field.updateOnly && operation === 'create');
    })
    .map((key) => violation(303, pointerOf(MEMBER, key)));
}

function wrongChoice({ exactlyOneOf }: Channel, configuration: JsonObject): Violation[] {
  const [first] = exactlyOneOf;
  if (first === undefined) return [];
  const present = exactlyOneOf.filter((name) => Object.hasOwn(configuration, name));
  const rule = `Exactly one of '${exactlyOneOf.join("' and '")}' is expected.`;
  if (present.length === 0) return [violation(301, pointerOf(MEMBER, first), rule)];
  return present.slice(1).map((name) => violation(303, pointerOf(MEMBER, name), rule));
}
