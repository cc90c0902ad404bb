import { ManualClock } from '../../../test/support/manual-clock';
import { Deadline, type RequestContext, RequestStats } from '../../context/request-context';
import { Secret } from '../../secrets/secret';
import { BackgroundReconciler } from './background-reconciler';
import type { ReconcilableWrite } from './reconciler';

describe('BackgroundReconciler', () => {
  const clock = new ManualClock();
  const contextOf = (tenant: string): RequestContext => ({
    tenant: { id: tenant, visibility: 'all', credentials: { clientId: 'c', clientSecret: Secret.of('s') } },
    caller: { id: 'billing', scopes: new Set() },
    requestId: 'q',
    address: 'a',
    deadline: Deadline.after(clock, 1000),
    stats: new RequestStats(),
  });
  const write: ReconcilableWrite<string> = {
    send: async () => 'sent',
    probe: async () => ({ kind: 'done', written: 'found' }),
  };

  it('accepts 10 writes of a tenant and 40 in all, and more when those have ended [N2]', async () => {
    const reconciler = new BackgroundReconciler(clock);
    const found: Promise<unknown>[] = [];
    const fill = (tenant: string) => {
      let count = 0;
      for (; reconciler.hasCapacity(tenant); count += 1) found.push(reconciler.reconcile(contextOf(tenant), write));
      return count;
    };
    expect(['acme', 'acme', 'globex', 'a', 'b', 'c'].map(fill)).toEqual([10, 0, 10, 10, 10, 0]);
    await clock.advance(1000);
    expect(await Promise.all(found)).toEqual(found.map(() => ({ outcome: 'success', written: 'found' })));
    expect(reconciler.hasCapacity('c')).toBe(true);
  });

  it('waits as long for a write that it does not accept', async () => {
    const reconciler = new BackgroundReconciler(clock);
    let isOver = false;
    const passed = reconciler.untilProcessed().then(() => {
      isOver = true;
    });
    await clock.advance(29_999);
    expect(isOver).toBe(false);
    await clock.advance(1);
    await passed;
  });
});
