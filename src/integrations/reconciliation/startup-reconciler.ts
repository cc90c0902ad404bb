import type { AuditTrail } from '../../audit/audit-trail';
import type { UnresolvedIntent, UnresolvedIntents } from '../../audit/query/unresolved-intents';
import type { AuditResult } from '../../audit/record';
import type { ResponseCache } from '../../cache/response-cache';
import type { Clock } from '../../clock/clock';
import { Deadline } from '../../context/deadline';
import type { Tenant } from '../../context/tenant';
import type { AuditReconciler } from './audit-reconciler';
import type { ReconciliationLock } from './reconciliation-lock';

const SEARCH_BACK_MS = 24 * 60 * 60 * 1000;
/** How long after its deadline a write may still be looked after by the process that sent it (`BackgroundReconciler`), and a bit more. */
const RECONCILED_FOR_MS = 60_000;
const PROBE_MS = 4000;
/** After each probe, so that a tenant is looked at once a second at the most; longer after those in vain. */
const PAUSES_MS = [1000, 2000, 4000, 8000, 15_000];
/** Between two attempts to read the trail. */
const READ_AGAIN_MS = 10_000;

interface Parts {
  readonly intents: Pick<UnresolvedIntents, 'between'>;
  readonly audit: Pick<AuditTrail, 'reopen'>;
  readonly probes: Pick<AuditReconciler, 'probe'>;
  readonly claims: Pick<ReconciliationLock, 'take'>;
  readonly cache: Pick<ResponseCache, 'beginWrite'>;
  readonly clock: Clock;
  readonly writeMs: number;
}

/**
 * Finds out at the start what came of the writes that an earlier process left without an outcome, or as unknown, in the last
 * 24 h, and tells the trail. Never sends anything. A write counts as left when nobody can be at work on it any
 * more: its deadline and a minute after its intent, so that a living replica settles its own.
 */
export class StartupReconciler {
  readonly #stop = new AbortController();
  readonly #settled = new Set<string>();

  constructor(private readonly parts: Parts) {}

  /**
   * Resolves, when nothing is left, to how many there were; that may take its time. Never rejects.
   * @param tenantOf undefined for a tenant that is not known any more
   */
  async reconcile(tenantOf: (id: string) => Tenant | undefined): Promise<number> {
    const { clock, writeMs } = this.parts;
    const leftAfterMs = writeMs + RECONCILED_FOR_MS;
    const end = clock.now();
    for (let from = end - SEARCH_BACK_MS; ; ) {
      const open = await this.#find(from, end);
      if (open.length === 0) return this.#settled.size;
      // What Redis kept may be from before a write that took effect.
      await this.#renew(open);
      const left = open.filter(({ storedAt }) => storedAt <= clock.now() - leftAfterMs);
      const tenants = [...new Set(left.map(tenantIdOf))];
      await Promise.all(
        tenants.map((id) =>
          this.#reconcileAll(
            tenantOf(id),
            left.filter((one) => tenantIdOf(one) === id),
          ),
        ),
      );
      const [oldest] = open.filter(this.#isOpen);
      if (this.#stop.signal.aborted) return this.#settled.size;
      // There may be more than one reading finds.
      if (!oldest) continue;
      from = oldest.storedAt;
      await this.#pause(leftAfterMs);
    }
  }

  /** At shutdown: the rest is left to the next start. */
  stop(): void {
    this.#stop.abort();
  }

  readonly #isUnresolved = (id: string): boolean => !this.#settled.has(id);
  readonly #isOpen = ({ id }: UnresolvedIntent): boolean => this.#isUnresolved(id);

  /** Tries until the trail can be read. */
  async #find(from: number, to: number): Promise<readonly UnresolvedIntent[]> {
    while (!this.#stop.signal.aborted) {
      const found = await this.parts.intents.between(from, to, this.#isUnresolved).catch(() => undefined);
      if (found) return found;
      await this.#pause(READ_AGAIN_MS);
    }
    return [];
  }

  async #reconcileAll(tenant: Tenant | undefined, intents: readonly UnresolvedIntent[]): Promise<void> {
    for (const unsettled of intents) {
      if (this.#stop.signal.aborted) return;
      // Another replica at work on it tells the trail; if it does not, the next reading shows it again.
      if (!(await this.parts.claims.take(tenantIdOf(unsettled), unsettled.id))) continue;
      const isProvable = tenant !== undefined && !unsettled.isOvertaken;
      const result = isProvable ? await this.#probe(tenant, unsettled) : ({ outcome: 'unknown' } as const);
      if (!result) return;
      this.#settled.add(unsettled.id);
      await this.#renew([unsettled]);
      if (result.outcome === 'unknown' && unsettled.isReportedUnknown) continue;
      await this.parts.audit.reopen(unsettled.id, unsettled.actor, unsettled.intent).close(result);
    }
  }

  /** What can be proven; nothing when the process stops meanwhile. */
  async #probe(tenant: Tenant, { id, actor, intent }: UnresolvedIntent): Promise<AuditResult | undefined> {
    for (const pauseMs of PAUSES_MS) {
      const deadline = Deadline.after(this.parts.clock, PROBE_MS);
      const call = { tenant, requestId: actor.requestId, deadline };
      const result = await this.parts.probes.probe(call, id, intent).catch(() => undefined);
      await this.#pause(pauseMs);
      if (result || this.#stop.signal.aborted) return result;
    }
    return { outcome: 'unknown' };
  }

  async #renew(intents: readonly UnresolvedIntent[]): Promise<void> {
    const tenants = new Set(intents.map(tenantIdOf));
    await Promise.all([...tenants].map((tenant) => this.parts.cache.beginWrite(tenant).complete()));
  }

  async #pause(ms: number): Promise<void> {
    await this.parts.clock.sleep(ms, this.#stop.signal).catch(() => undefined);
  }
}

const tenantIdOf = ({ actor }: UnresolvedIntent): string => actor.tenant;
