import type { Integration } from '../../hubster/integration';
import type { HubsterPortal } from '../../hubster/portal';
import { sameJson } from '../../json/json-value';
import { regeneratesKeys } from '../key-rotations';
import type { UpdateValues } from '../update-plan';
import type { ProbeResult, ReconcilableWrite } from './reconciler';
import { keepsOmittedKeys, showsAll } from './write-visible';

/**
 * An update of `current`. It replaces the whole configuration, so sending it again is harmless. Not so with `regenerateKeys`: it is
 * sent again only if a probe shows the old `publicSigningKey` (S-307).
 */
export function reconcilableUpdate(
  portal: HubsterPortal,
  current: Integration,
  sent: UpdateValues,
): ReconcilableWrite<Integration> {
  const { integrationId } = current;
  const isApplied = (seen: Integration) => showsAll(seen, sent) && !keepsOmittedKeys(seen, current, sent);
  // A probe proves nothing if the integration was like that before.
  const isProvable = !isApplied(current);

  return {
    async send(call) {
      // S-007: a 2xx without a body is success, too.
      return (await portal.update(call, integrationId, sent)) ?? portal.get(call, integrationId, 'reconcile');
    },

    async probe(call): Promise<ProbeResult<Integration>> {
      const seen = await portal.get(call, integrationId, 'reconcile');
      if (regeneratesKeys(sent)) return compareKeys(current, seen);
      if (isProvable && isApplied(seen)) return { kind: 'done', written: seen };
      return { kind: 'open', isUntouched: isProvable && isSame(seen, current), mayRepeat: true };
    },
  };
}

/** S-307: another key means done, the same key means not done; a key that is not shown proves nothing. */
function compareKeys(before: Integration, seen: Integration): ProbeResult<Integration> {
  const [old, now] = [before, seen].map(({ configuration }) => configuration.reveal()['publicSigningKey']);
  const isShown = typeof old === 'string' && typeof now === 'string';
  if (isShown && old !== now) return { kind: 'done', written: seen };
  return { kind: 'open', isUntouched: isShown, mayRepeat: isShown };
}

function isSame(one: Integration, other: Integration): boolean {
  return (
    one.name === other.name &&
    one.statusId === other.statusId &&
    sameJson(one.configuration.reveal(), other.configuration.reveal())
  );
}
