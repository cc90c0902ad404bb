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

/** A reconciler over doubles of the audit trail, Hubster and the cache, which record its calls. */
class Fixture {
  readonly clock = new ManualClock();
  readonly recorded: string[] = [];
  readonly probes: string[] = [];
  readonly renewed: string[] = [];
  readonly lockedElsewhere = new Set<string>();
  intents: UnresolvedIntent[] = [];
  foundAtOnce = 1000;
  proof: AuditResult | undefined = { outcome: 'success' };

  readonly reconciler = new StartupReconciler(
    {
      between: async (from, to, isWanted = () => true) => {
        const found = this.intents.filter(({ storedAt, id }) => storedAt >= from && storedAt < to && isWanted(id));
        return found.slice(0, this.foundAtOnce);
      },
    },
    {
      reopen: (id) => ({
        id,
        close: async ({ outcome }) => {
          this.recorded.push(`${id} ${outcome}`);
        },
      }),
    },
    {
      probe: async ({ tenant: { id } }, _intentId, { target }) => {
        this.probes.push(`${id} ${target.id} ${this.clock.now()}`);
        if (!this.proof) throw new Error('Hubster is down');
        return this.proof;
      },
    },
    { lock: async (key) => !this.lockedElsewhere.has(key.split(':').at(-1) ?? '') },
    {
      beginWrite: (id) => ({ invalidate: async () => undefined, complete: async () => void this.renewed.push(id) }),
    },
    { deadlines: { writeMs: WRITE_MS } },
    this.clock,
  );

  leave(id: string, ageMs: number, more: Partial<UnresolvedIntent> = {}): void {
    const actor = { tenant: 'acme', caller: 'c', requestId: 'q', address: 'a' };
    const intent = { action: 'integration.update', target: { type: 'integration', id } } as const;
    const storedAt = this.clock.now() - ageMs;
    this.intents.push({ id, actor, intent, storedAt, isReportedUnknown: false, isOvertaken: false, ...more });
  }

  reconcile() {
    return this.reconciler.reconcile((id) => (id === 'gone' ? undefined : tenant(id)));
  }
}

describe('StartupReconciler', () => {
  let fixture: Fixture;
  beforeEach(() => {
    fixture = new Fixture();
  });

  it('reads the trail again until no write is left', async () => {
    fixture.foundAtOnce = 2;
    for (const id of ['a', 'b', 'c', 'd', 'e']) fixture.leave(id, HOUR, { isReportedUnknown: id === 'a' });
    const done = fixture.reconcile();
    await fixture.clock.advance(20_000);
    expect(await done).toBe(5);
    expect(fixture.recorded).toHaveLength(5);
  });

  it('records the outcome that a probe proves, probes once a second and tenant, and renews the cache', async () => {
    for (const id of ['a', 'b']) fixture.leave(id, HOUR);
    const globex = { tenant: 'globex', caller: 'c', requestId: 'q', address: 'a' };
    fixture.leave('c', HOUR, { actor: globex });
    const done = fixture.reconcile();
    await fixture.clock.advance(0);
    expect(fixture.probes.map((probe) => probe.slice(0, 8))).toEqual(['acme a 1', 'globex c']);
    await fixture.clock.advance(999);
    expect(fixture.probes).toHaveLength(2);
    await fixture.clock.advance(1001);
    expect(await done).toBe(3);
    expect(fixture.recorded.sort()).toEqual(['a success', 'b success', 'c success']);
    expect(new Set(fixture.renewed)).toEqual(new Set(['acme', 'globex']));
  });

  it('leaves writes to the replica that may still process them, and probes them later', async () => {
    fixture.leave('dead', 2000);
    fixture.leave('theirs', 1000);
    const done = fixture.reconcile();
    await fixture.clock.advance(WRITE_MS + 59_000);
    expect(fixture.probes).toEqual([]);
    fixture.intents = fixture.intents.filter(({ id }) => id !== 'theirs');
    await fixture.clock.advance(3000);
    expect(await done).toBe(1);
    expect(fixture.recorded).toEqual(['dead success']);
  });

  it('ignores writes that are older than a day', async () => {
    fixture.leave('old', 25 * HOUR);
    expect(await fixture.reconcile()).toBe(0);
    expect(fixture.probes).toEqual([]);
  });

  it.each([
    [
      'of a tenant that is no longer configured',
      { actor: { tenant: 'gone', caller: 'c', requestId: 'q', address: 'a' } },
    ],
    ['that was overtaken', { isOvertaken: true }],
  ])('records "unknown" for a write %s, without a probe', async (_name, more) => {
    fixture.leave('a', HOUR, more);
    expect(await fixture.reconcile()).toBe(1);
    expect(fixture.recorded).toEqual(['a unknown']);
    expect(fixture.probes).toEqual([]);
  });

  it('does not record "unknown" twice', async () => {
    fixture.leave('a', HOUR, { isReportedUnknown: true });
    fixture.proof = { outcome: 'unknown' };
    const done = fixture.reconcile();
    await fixture.clock.advance(1000);
    await done;
    expect(fixture.recorded).toEqual([]);
  });

  it('probes five times while Hubster fails, then records "unknown"', async () => {
    fixture.leave('a', HOUR);
    fixture.proof = undefined;
    const done = fixture.reconcile();
    await fixture.clock.advance(30_000);
    await done;
    expect(fixture.probes).toHaveLength(5);
    expect(fixture.recorded).toEqual(['a unknown']);
  });

  it('leaves a write to the replica that has the lock, and probes it later if that records no outcome', async () => {
    fixture.leave('a', HOUR);
    fixture.lockedElsewhere.add('a');
    const done = fixture.reconcile();
    await fixture.clock.advance(WRITE_MS + 59_000);
    expect(fixture.probes).toEqual([]);
    fixture.lockedElsewhere.clear();
    await fixture.clock.advance(3000);
    expect(await done).toBe(1);
  });

  it('stops with the process, and records nothing more', async () => {
    for (const id of ['a', 'b']) fixture.leave(id, HOUR);
    fixture.proof = undefined;
    const done = fixture.reconcile();
    await fixture.clock.advance(0);
    fixture.reconciler.onApplicationShutdown();
    await fixture.clock.advance(0);
    await done;
    expect(fixture.recorded).toEqual([]);
    expect(fixture.clock.sleeping).toEqual([]);
  });
});
