import type { Channel } from '../../channels/channel';
import { fieldNamed, renameKeys } from '../../channels/configuration-keys';
import type { JsonObject } from '../../json/json-value';
import { pointerOf, type Violation, violation } from '../../problems/violation';
import { type Warning, warning } from './validation-result';

interface ConfigurationInput {
  /** Keys and values in their documented spelling, without read-only fields. */
  readonly configuration: JsonObject;
  readonly errors: readonly Violation[];
  readonly warnings: readonly Warning[];
}

/** Reads a configuration of a request: keys in any case (S-109), read-only fields dropped with a warning. */
export function readConfigurationInput(channel: Channel, sent: JsonObject): ConfigurationInput {
  const { configuration: renamed, repeated } = renameKeys(channel, sent);
  const isReadOnly = (key: string) => fieldNamed(channel, key)?.readOnly === true;
  const configuration = Object.fromEntries(
    Object.entries(renamed)
      .filter(([key]) => !isReadOnly(key))
      .map(([key, value]) => [key, fieldNamed(channel, key)?.canonical?.(value) ?? value]),
  );
  return {
    configuration,
    errors: repeated.map((pointer) =>
      violation(303, pointerOf('configuration') + pointer, 'The property occurs twice, in two spellings.'),
    ),
    warnings: Object.keys(renamed)
      .filter(isReadOnly)
      .map((key) => warning('answer-only-dropped', 'configuration', key)),
  };
}
