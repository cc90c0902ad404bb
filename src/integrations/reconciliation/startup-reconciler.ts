import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AuditTrail } from '../../audit/audit-trail';
import { type UnresolvedIntent, UnresolvedIntents } from '../../audit/query/unresolved-intents';
import type { AuditResult } from '../../audit/record';
import { EVERYTHING } from '../../cache/generations/tenant-changes';
import { ResponseCache } from '../../cache/response-cache';
import { Clock } from '../../clock/clock';
import { Config } from '../../config/config';
import { Deadline } from '../../context/request-context';
import type { Tenant } from '../../context/tenant';
import { CoordinationRedis } from '../../redis/coordination-redis';
import { AuditReconciler } from './audit-reconciler';

const SEARCH_BACK_MS = 24 * 60 * 60 * 1000;
/** A bit more than the time after its deadline in which the process that sent a write may reconcile it (`BackgroundReconciler`). */
const RECONCILED_FOR_MS = 60_000;
const PROBE_MS = 4000;
/** After each probe, so that a tenant has at most one a second; longer after probes that failed. */
const PAUSES_MS = [1000, 2000, 4000, 8000, 15_000];
/** Longer than one reconciliation takes. A process that ends meanwhile finds the write again at its next start. */
const LOCK_MS = 60_000;
/** Between two attempts to read the trail. */
const READ_AGAIN_MS = 10_000;

/**
 * Finds and records, at the start, the outcomes of writes that an earlier process left open, or as unknown, in the last 24 h.
 * Never sends a write. A write is left to other replicas until a minute after its deadline, so that each reconciles its own.
 */
@Injectable()
export class StartupReconciler implements OnApplicationShutdown {
  readonly #stop = new AbortController();
  readonly #reconciled = new Set<string>();

  constructor(
    @Inject(UnresolvedIntents) private readonly intents: Pick<UnresolvedIntents, 'between'>,
    @Inject(AuditTrail) private readonly audit: Pick<AuditTrail, 'reopen'>,
    @Inject(AuditReconciler) private readonly auditReconciler: Pick<AuditReconciler, 'probe'>,
    @Inject(CoordinationRedis) private readonly redis: Pick<CoordinationRedis, 'lock'>,
    @Inject(ResponseCache) private readonly cache: Pick<ResponseCache, 'beginWrite'>,
    @Inject(Config) private readonly config: { readonly deadlines: Pick<Config['deadlines'], 'writeMs'> },
    private readonly clock: Clock,
  ) {}

  /**
   * Resolves to the number of reconciled writes when none is left, which may take minutes. Never rejects.
   * @param tenantOf undefined for a tenant that is no longer configured
   */
  async reconcile(tenantOf: (id: string) => Tenant | undefined): Promise<number> {
    const leftAfterMs = this.config.deadlines.writeMs + RECONCILED_FOR_MS;
    const end = this.clock.now();
    for (let from = end - SEARCH_BACK_MS; ; ) {
      const open = await this.#find(from, end);
      if (open.length === 0) return this.#reconciled.size;
      // Redis may still have entries from before a write that took effect.
      await this.#renew(open);
      const left = open.filter(({ storedAt }) => storedAt <= this.clock.now() - leftAfterMs);
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
      if (this.#stop.signal.aborted) return this.#reconciled.size;
      // One reading may not find all.
      if (!oldest) continue;
      from = oldest.storedAt;
      await this.#pause(leftAfterMs);
    }
  }

  /** At shutdown: the rest is left to the next start. */
  onApplicationShutdown(): void {
    this.#stop.abort();
  }

  readonly #isUnresolved = (id: string): boolean => !this.#reconciled.has(id);
  readonly #isOpen = ({ id }: UnresolvedIntent): boolean => this.#isUnresolved(id);

  /** Tries until the trail can be read. */
  async #find(from: number, to: number): Promise<readonly UnresolvedIntent[]> {
    while (!this.#stop.signal.aborted) {
      const found = await this.intents.between(from, to, this.#isUnresolved).catch(() => undefined);
      if (found) return found;
      await this.#pause(READ_AGAIN_MS);
    }
    return [];
  }

  async #reconcileAll(tenant: Tenant | undefined, intents: readonly UnresolvedIntent[]): Promise<void> {
    for (const unresolved of intents) {
      if (this.#stop.signal.aborted) return;
      // The replica that has the lock records the outcome; if it does not, the next reading finds the intent again. The lock only saves
      // calls: two replicas would find the same outcome.
      const lockKey = `stagedoor:{${tenantIdOf(unresolved)}}:settling:${unresolved.id}`;
      if (!(await this.redis.lock(lockKey, '1', LOCK_MS))) continue;
      const isProvable = tenant !== undefined && !unresolved.isOvertaken;
      const result = isProvable ? await this.#probe(tenant, unresolved) : ({ outcome: 'unknown' } as const);
      if (!result) return;
      this.#reconciled.add(unresolved.id);
      await this.#renew([unresolved]);
      if (result.outcome === 'unknown' && unresolved.isReportedUnknown) continue;
      await this.audit.reopen(unresolved.id, unresolved.actor, unresolved.intent).close(result);
    }
  }

  /** Undefined if the process stops meanwhile. */
  async #probe(tenant: Tenant, { id, actor, intent }: UnresolvedIntent): Promise<AuditResult | undefined> {
    for (const pauseMs of PAUSES_MS) {
      const deadline = Deadline.after(this.clock, PROBE_MS);
      const call = { tenant, requestId: actor.requestId, deadline };
      const result = await this.auditReconciler.probe(call, id, intent).catch(() => undefined);
      await this.#pause(pauseMs);
      if (result || this.#stop.signal.aborted) return result;
    }
    return { outcome: 'unknown' };
  }

  async #renew(intents: readonly UnresolvedIntent[]): Promise<void> {
    const tenants = new Set(intents.map(tenantIdOf));
    await Promise.all([...tenants].map((tenant) => this.cache.beginWrite(tenant, EVERYTHING).complete()));
  }

  async #pause(ms: number): Promise<void> {
    await this.clock.sleep(ms, this.#stop.signal).catch(() => undefined);
  }
}

const tenantIdOf = ({ actor }: UnresolvedIntent): string => actor.tenant;
