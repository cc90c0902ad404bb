import { fieldNamed } from '../../channels/configuration-keys';
import type { RequestContext } from '../../context/request-context';
import type { Integration } from '../../hubster/integration';
import { HubsterError } from '../../hubster/outcome/hubster-error';
import type { HubsterPortal } from '../../hubster/portal';
import type { JsonValue } from '../../json/json-value';
import { Problem } from '../../problems/problem';
import { pointerOf } from '../../problems/violation';
import { Secret } from '../../secrets/secret';
import type { CreateCommand } from '../requests/create-request';
import type { ProbeResult, ReconcilableWrite } from './reconciler';
import { listNamed, showsAll } from './write-visible';

/** Whether the secrets at these pointers may be compared with those that were sent. */
export type ComparisonCheck = (integrationId: string, pointers: readonly string[]) => Promise<boolean>;

/**
 * A create: the name is unique in the hub, so an integration with that name is either the one that was sent or somebody else's
 * (S-762). A single-use create (Slack) is never sent again, and finding it proves nothing (S-250, S-253).
 *
 * A caller can force the reconciliation of a create with a taken name by a deadline that is too short. Success or rejection then
 * shows whether its secrets are those in use, so `mayCompare` limits such comparisons; beyond the limit the result is a candidate.
 */
export function reconcilableCreate(
  portal: Pick<HubsterPortal, 'create' | 'listByChannel'>,
  hubId: string,
  command: CreateCommand,
  mayCompare: ComparisonCheck,
): ReconcilableWrite<Integration> {
  const { channel, name, statusId, configuration } = command;
  const named = (call: RequestContext) => listNamed(portal, call, { hubId, channel, name });
  return {
    async send(call) {
      const shown = await portal.create(call, hubId, { channelId: channel.id, name, statusId, configuration });
      if (shown) return shown;
      // S-007: a 2xx without a body is success, too.
      const { found } = await named(call);
      const [created] = found;
      if (!created) throw HubsterError.unreadableResponse();
      return created;
    },

    async probe(call): Promise<ProbeResult<Integration>> {
      const { found, isAbsent } = await named(call);
      const [first] = found;
      if (!first) return { kind: 'open', isUntouched: isAbsent, mayRepeat: isAbsent && !channel.isSingleUse };
      if (channel.isSingleUse) return { kind: 'candidate', integrationId: first.integrationId };
      for (const integration of found) {
        const { integrationId } = integration;
        const compared = comparedSecrets(integration, command);
        if (compared.length > 0 && !(await mayCompare(integrationId, compared)))
          return { kind: 'candidate', integrationId };
        if (showsAll(integration, command)) return { kind: 'done', written: integration };
      }
      return { kind: 'rejected', problem: new Problem('name-taken') };
    },
  };
}

/** The secrets that decide whether an integration is the one that was sent; none if anything else differs. */
function comparedSecrets(seen: Integration, { name, statusId, configuration }: CreateCommand): readonly string[] {
  const isSecret = ([key]: readonly [string, JsonValue]) => fieldNamed(seen.channel, key)?.secret === true;
  const sent = Object.entries(configuration.reveal());
  const others = Secret.of(Object.fromEntries(sent.filter((entry) => !isSecret(entry))));
  if (!showsAll(seen, { name, statusId, configuration: others })) return [];
  const shown = seen.configuration.reveal();
  return sent
    .filter((entry) => isSecret(entry) && Object.hasOwn(shown, entry[0]))
    .map(([key]) => pointerOf('configuration', key));
}
