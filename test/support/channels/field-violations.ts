import type { Channel } from '../../../src/channels/channel';
import { maskConfiguration } from '../../../src/channels/mask-configuration';
import { configurationErrors } from '../../../src/channels/validate-configuration';
import type { JsonValue } from '../../../src/json/json-value';
import { stepsOf } from '../../../src/problems/violation';

/** The violations of a value in a field of an otherwise valid update: PRT number, then keys and indexes inside the value. */
export function fieldViolations(channel: Channel, field: string, value: JsonValue) {
  return configurationErrors(channel, { ...channel.example, [field]: value }, 'update').map(
    ({ code, pointer = '' }) => [
      code,
      ...stepsOf(pointer)
        .slice(2)
        .map((step) => (/^\d+$/.test(step) ? Number(step) : step)),
    ],
  );
}

/** A value of a field as callers see it. */
export function shown(channel: Channel, field: string, value: JsonValue): JsonValue | undefined {
  return maskConfiguration(channel, { [field]: value })[field];
}
