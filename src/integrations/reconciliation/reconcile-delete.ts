import type { RequestContext } from '../../context/request-context';
import { HubsterError } from '../../hubster/outcome/hubster-error';
import type { HubsterPortal } from '../../hubster/portal';
import { Problem } from '../../problems/problem';
import type { ReconcilableWrite } from './reconciler';

interface Deleted {
  readonly integrationId: string;
}

/** A delete: an integration that is gone was deleted; one that is still there may be deleted again (S-320). */
export function reconcilableDelete(portal: HubsterPortal, integrationId: string): ReconcilableWrite<Deleted> {
  const isGone = (call: RequestContext): Promise<boolean> =>
    portal.get(call, integrationId, 'reconcile').then(
      () => false,
      (failure: unknown) => {
        if (failure instanceof HubsterError && failure.isNotFound) return true;
        throw failure;
      },
    );
  return {
    async send(call) {
      try {
        await portal.remove(call, integrationId);
      } catch (error) {
        // Hubster documents no DELETE: such a response may mean that the integration is gone, or that the operation does not exist.
        if (!(error instanceof HubsterError) || !error.mayMeanUnsupported) throw error;
        if (!(await isGone(call))) throw new Problem('upstream-unsupported');
      }
      return { integrationId };
    },

    async probe(call) {
      if (await isGone(call)) return { kind: 'done', written: { integrationId } };
      return { kind: 'open', isUntouched: true, mayRepeat: true };
    },
  };
}
