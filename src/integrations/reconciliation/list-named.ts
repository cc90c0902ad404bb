import type { Channel } from '../../channels/channel';
import type { CallContext } from '../../hubster/hubster-client';
import type { Integration } from '../../hubster/integration';
import type { HubsterPortal } from '../../hubster/portal';

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
