import type { Channel } from '../../channels/channel';
import { fieldNamed } from '../../channels/configuration-keys';
import type { CallContext } from '../../hubster/hubster-client';
import type { Integration } from '../../hubster/integration';
import type { HubsterPortal } from '../../hubster/portal';
import { isJsonObject, type JsonValue, sameJson } from '../../json/json-value';
import type { UpdateValues } from '../update-plan';

/**
 * Whether every value that was sent and that Hubster shows is equal, secrets included (S-762); they are compared in memory only.
 * Keys that Hubster does not show do not count, as some reads show hardly any (S-253, S-505).
 */
export function showsAll(seen: Integration, sent: UpdateValues): boolean {
  const { name = seen.name, statusId = seen.statusId } = sent;
  if ((seen.name ?? name) !== name || (seen.statusId ?? statusId) !== statusId) return false;
  const shown = seen.configuration.reveal();
  return Object.entries(sent.configuration?.reveal() ?? {}).every(
    ([key, value]) =>
      !Object.hasOwn(shown, key) || sameJson(canonical(seen, key, shown[key]), canonical(seen, key, value)),
  );
}

/** Whether a key of `before` that a replacing configuration omits is still there with its value (S-303). */
export function keepsOmittedKeys(seen: Integration, before: Integration, { configuration }: UpdateValues): boolean {
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

/** The integrations of a channel in a hub that have a name. */
interface Named {
  readonly found: readonly Integration[];
  /** Whether it is proven that there is none: an item that could not be read, or that has no name, may be the one. */
  readonly isAbsent: boolean;
}

export async function listNamed(
  portal: Pick<HubsterPortal, 'listByChannel'>,
  call: CallContext,
  { hubId, channel, name }: { readonly hubId: string; readonly channel: Channel; readonly name: string },
): Promise<Named> {
  const { integrations, isComplete } = await portal.listByChannel(call, hubId, channel, 'reconcile');
  const others = integrations.filter((one) => one.name !== undefined && one.name !== name);
  return {
    found: integrations.filter((one) => one.name === name),
    isAbsent: isComplete && others.length === integrations.length,
  };
}
