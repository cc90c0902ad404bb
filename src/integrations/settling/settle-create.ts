import type { RequestContext } from '../../context/request-context';
import { HubsterFailure } from '../../hubster/hubster-failure';
import type { Integration } from '../../hubster/integration';
import type { HubsterPortal } from '../../hubster/portal';
import { Problem } from '../../problems/problem';
import type { CreateCommand } from '../requests/create-request';
import { showsAll } from './shown';
import type { SettledWrite, Sighting } from './sighting';

/**
 * A create: the name is unique in the hub, so what is found under it is either what was sent or somebody else's (S-762). A
 * single-use create (Slack) is never sent again, and finding it proves nothing (S-250, S-253).
 */
export function settledCreate(portal: HubsterPortal, hubId: string, command: CreateCommand): SettledWrite<Integration> {
  const { channel, name, statusId, configuration } = command;
  const named = async (call: RequestContext): Promise<readonly Integration[]> => {
    const listed = await portal.listByChannel(call, hubId, channel, 'look');
    return listed.filter((integration) => integration.name === name);
  };
  return {
    async send(call) {
      const answered = await portal.create(call, hubId, { channelId: channel.id, name, statusId, configuration });
      if (answered) return answered;
      // S-007: a 2xx without a body is success all the same.
      const [created] = await named(call);
      if (!created) throw HubsterFailure.brokenAnswer();
      return created;
    },

    async look(call): Promise<Sighting<Integration>> {
      const found = await named(call);
      const [first] = found;
      if (!first) return { kind: 'open', isUntouched: true, mayRepeat: !channel.isSingleUse };
      if (channel.isSingleUse) return { kind: 'candidate', integrationId: first.integrationId };
      const same = found.find((integration) => showsAll(integration, command));
      return same ? { kind: 'done', written: same } : { kind: 'refused', problem: new Problem('name-taken') };
    },
  };
}
