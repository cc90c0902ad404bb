import { fieldNamed } from '../../channels/configuration-keys';
import type { Integration } from '../../hubster/integration';
import { isJsonObject, type JsonObject, type JsonValue, sameJson } from '../../json/json-value';
import type { Secret } from '../../secrets/secret';

/** The values that a write sends. */
export interface Sent {
  readonly name?: string;
  readonly statusId?: number;
  readonly configuration?: Secret<JsonObject>;
}

/**
 * Whether every value that was sent and that Hubster shows is equal, secrets included (S-762); they are compared in memory only.
 * Keys that Hubster does not show do not count, as some reads show hardly any (S-253, S-505).
 */
export function showsAll(seen: Integration, sent: Sent): boolean {
  const { name = seen.name, statusId = seen.statusId } = sent;
  if ((seen.name ?? name) !== name || (seen.statusId ?? statusId) !== statusId) return false;
  const shown = seen.configuration.reveal();
  return Object.entries(sent.configuration?.reveal() ?? {}).every(
    ([key, value]) =>
      !Object.hasOwn(shown, key) || sameJson(canonical(seen, key, shown[key]), canonical(seen, key, value)),
  );
}

/** Whether a key of `before` that a replacing configuration omits is still there with its value (S-303). */
export function keepsWhatWasLeftOut(seen: Integration, before: Integration, { configuration }: Sent): boolean {
  if (!configuration) return false;
  const next = configuration.reveal();
  const shown = seen.configuration.reveal();
  return Object.entries(before.configuration.reveal()).some(
    ([key, value]) =>
      isSettable(before, key) && !Object.hasOwn(next, key) && !isNothing(value) && sameJson(shown[key], value),
  );
}

function isSettable({ channel }: Integration, key: string): boolean {
  const field = fieldNamed(channel, key);
  return field !== undefined && !field.readOnly;
}

/** Whether Hubster may show this value for a field that was never set. */
function isNothing(value: JsonValue): boolean {
  return value === null || value === false || (Array.isArray(value) && value.length === 0);
}

function canonical({ channel }: Integration, key: string, value: JsonValue | undefined): JsonValue | undefined {
  if (value === undefined || isJsonObject(value)) return value;
  return fieldNamed(channel, key)?.canonical?.(value) ?? value;
}
