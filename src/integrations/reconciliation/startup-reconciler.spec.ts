import { ManualClock } from '../../../test/support/manual-clock';
import type { UnresolvedIntent } from '../../audit/query/unresolved-intents';
import type { AuditResult } from '../../audit/record';
import type { Tenant } from '../../context/tenant';
import { Secret } from '../../secrets/secret';
import { StartupReconciler } from './startup-reconciler';

const WRITE_MS = 15_000;
const HOUR = 3_600_000;
const tenant = (id: string): Tenant => ({
  id,
  credentials: { clientId: id, clientSecret: Secret.of(id) },
  visibility: id,
});

/** The trail, Hubster and the cache as far as settling sees them, and what it did to them. */
class Stage {
  readonly clock = new ManualClock();
  readonly told: string[] = [];
  readonly probes: string[] = [];
  readonly renewed: string[] = [];
  readonly claimedElsewhere = new Set<string>();
  intents: UnresolvedIntent[] = [];
  foundAtOnce = 1000;
  proof: AuditResult | undefined = { outcome: 'success' };

  readonly writes = new StartupReconciler({
    clock: this.clock,
    writeMs: WRITE_MS,
    intents: {
      between: async (from, to, isWanted = () => true) => {
        const found = this.intents.filter(({ storedAt, id }) => storedAt >= from && storedAt < to && isWanted(id));
        return found.slice(0, this.foundAtOnce);
      },
    },
    probes: {
      probe: async ({ tenant: { id } }, _intentId, { target }) => {
        this.probes.push(`${id} ${target.id} ${this.clock.now()}`);
        if (!this.proof) throw new Error('Hubster is down');
        return this.proof;
      },
    },
    audit: {
      reopen: (id) => ({
        id,
        close: async ({ outcome }) => {
          this.told.push(`${id} ${outcome}`);
        },
      }),
    },
    lock: { take: async (_tenant, id) => !this.claimedElsewhere.has(id) },
    cache: {
      beginWrite: (id) => ({ invalidate: async () => undefined, complete: async () => void this.renewed.push(id) }),
    },
  });

  leave(id: string, ageMs: number, more: Partial<UnresolvedIntent> = {}): void {
    const actor = { tenant: 'acme', caller: 'c', requestId: 'q', address: 'a' };
    const intent = { action: 'integration.update', target: { type: 'integration', id } } as const;
    const storedAt = this.clock.now() - ageMs;
    this.intents.push({ id, actor, intent, storedAt, isReportedUnknown: false, isOvertaken: false, ...more });
  }

  reconcile() {
    return this.writes.reconcile((id) => (id === 'gone' ? undefined : tenant(id)));
  }
}

describe('StartupReconciler', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = new Stage();
  });

  it('goes on until nothing is left where one reading does not find all', async () => {
    stage.foundAtOnce = 2;
    for (const id of ['a', 'b', 'c', 'd', 'e']) stage.leave(id, HOUR, { isReportedUnknown: id === 'a' });
    const done = stage.reconcile();
    await stage.clock.advance(20_000);
    expect(await done).toBe(5);
    expect(stage.told).toHaveLength(5);
  });

  it('tells the trail what a probe proves, one a second and tenant, and renews what is cached', async () => {
    for (const id of ['a', 'b']) stage.leave(id, HOUR);
    const globex = { tenant: 'globex', caller: 'c', requestId: 'q', address: 'a' };
    stage.leave('c', HOUR, { actor: globex });
    const done = stage.reconcile();
    await stage.clock.advance(0);
    expect(stage.probes.map((probe) => probe.slice(0, 8))).toEqual(['acme a 1', 'globex c']);
    await stage.clock.advance(999);
    expect(stage.probes).toHaveLength(2);
    await stage.clock.advance(1001);
    expect(await done).toBe(3);
    expect(stage.told.sort()).toEqual(['a success', 'b success', 'c success']);
    expect(new Set(stage.renewed)).toEqual(new Set(['acme', 'globex']));
  });

  it('leaves alone what a living replica may still be at work on, and probes again when it cannot be', async () => {
    stage.leave('dead', 2000);
    stage.leave('theirs', 1000);
    const done = stage.reconcile();
    await stage.clock.advance(WRITE_MS + 59_000);
    expect(stage.probes).toEqual([]);
    stage.intents = stage.intents.filter(({ id }) => id !== 'theirs');
    await stage.clock.advance(3000);
    expect(await done).toBe(1);
    expect(stage.told).toEqual(['dead success']);
  });

  it('leaves alone what is older than a day', async () => {
    stage.leave('old', 25 * HOUR);
    expect(await stage.reconcile()).toBe(0);
    expect(stage.probes).toEqual([]);
  });

  it.each([
    [
      'of a tenant that is not known any more',
      { actor: { tenant: 'gone', caller: 'c', requestId: 'q', address: 'a' } },
    ],
    ['that was overtaken', { isOvertaken: true }],
  ])('says unknown of a write %s, without a probe', async (_name, more) => {
    stage.leave('a', HOUR, more);
    expect(await stage.reconcile()).toBe(1);
    expect(stage.told).toEqual(['a unknown']);
    expect(stage.probes).toEqual([]);
  });

  it('says nothing when what was told unknown still is', async () => {
    stage.leave('a', HOUR, { isReportedUnknown: true });
    stage.proof = { outcome: 'unknown' };
    const done = stage.reconcile();
    await stage.clock.advance(1000);
    await done;
    expect(stage.told).toEqual([]);
  });

  it('probes five times while Hubster does not answer, then says unknown', async () => {
    stage.leave('a', HOUR);
    stage.proof = undefined;
    const done = stage.reconcile();
    await stage.clock.advance(30_000);
    await done;
    expect(stage.probes).toHaveLength(5);
    expect(stage.told).toEqual(['a unknown']);
  });

  it('leaves to another replica what that has claimed, and takes it up when nothing came of it', async () => {
    stage.leave('a', HOUR);
    stage.claimedElsewhere.add('a');
    const done = stage.reconcile();
    await stage.clock.advance(WRITE_MS + 59_000);
    expect(stage.probes).toEqual([]);
    stage.claimedElsewhere.clear();
    await stage.clock.advance(3000);
    expect(await done).toBe(1);
  });

  it('stops with the process, and tells nothing more', async () => {
    for (const id of ['a', 'b']) stage.leave(id, HOUR);
    stage.proof = undefined;
    const done = stage.reconcile();
    await stage.clock.advance(0);
    stage.writes.stop();
    await stage.clock.advance(0);
    await done;
    expect(stage.told).toEqual([]);
    expect(stage.clock.sleeping).toEqual([]);
  });
});
