import type { Integration } from '../../hubster/integration';
import type { HubsterPortal } from '../../hubster/portal';
import { sameJson } from '../../json/json-value';
import type { ProbeResult, ReconcilableWrite } from './probe-result';
import { keepsWhatWasLeftOut, type Sent, showsAll } from './write-visible';

/**
 * An update of `current`. It replaces whole, so that sending it again is harmless, but for `regenerateKeys`: there
 * `publicSigningKey` has to be the old one, for all to see, before it is sent again (S-307).
 */
export function reconcilableUpdate(
  portal: HubsterPortal,
  current: Integration,
  sent: Sent,
): ReconcilableWrite<Integration> {
  const { integrationId } = current;
  const regeneratesKeys = sent.configuration?.reveal()['regenerateKeys'] === true;
  const isApplied = (seen: Integration) => showsAll(seen, sent) && !keepsWhatWasLeftOut(seen, current, sent);
  // Where the integration already looked so before, a probe cannot tell.
  const canTell = !isApplied(current);

  return {
    async send(call) {
      const answered = await portal.update(call, integrationId, sent);
      return answered && showsNameAndStatus(answered, sent) ? answered : portal.get(call, integrationId, 'reconcile');
    },

    async probe(call): Promise<ProbeResult<Integration>> {
      const seen = await portal.get(call, integrationId, 'reconcile');
      if (regeneratesKeys) return keysTell(current, seen);
      if (canTell && isApplied(seen)) return { kind: 'done', written: seen };
      return { kind: 'open', isUntouched: canTell && isSame(seen, current), mayRepeat: true };
    },
  };
}

/** S-307: another key means done, the same key means not done, and no key to see means that nobody can tell. */
function keysTell(before: Integration, seen: Integration): ProbeResult<Integration> {
  const [old, now] = [before, seen].map(({ configuration }) => configuration.reveal()['publicSigningKey']);
  const isTold = typeof old === 'string' && typeof now === 'string';
  if (isTold && old !== now) return { kind: 'done', written: seen };
  return { kind: 'open', isUntouched: isTold, mayRepeat: isTold };
}

/** S-313: what an update's answer has to show at sight. */
function showsNameAndStatus(answered: Integration, { name, statusId }: Sent): boolean {
  return (name === undefined || answered.name === name) && (statusId === undefined || answered.statusId === statusId);
}

function isSame(one: Integration, other: Integration): boolean {
  return (
    one.name === other.name &&
    one.statusId === other.statusId &&
    sameJson(one.configuration.reveal(), other.configuration.reveal())
  );
}
