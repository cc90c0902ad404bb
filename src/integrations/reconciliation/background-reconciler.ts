import { setMaxListeners } from 'node:events';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../clock/clock';
import { Deadline, type RequestContext, RequestStats } from '../../context/request-context';
import { probeQuietly, type ReconcilableWrite } from './reconciler';

/** Half a minute in all, in milliseconds: longer than Hubster may still process the last attempt. */
const PAUSES_MS = [1000, 2000, 4000, 8000, 15_000];
const PROBE_MS = 4000;
/** Writes at a time; each keeps the values that it sent, and the integration from before, in memory. */
const MAX_WRITES = { ofTenant: 10, inAll: 40 };

/** The real outcome of a write: it was done, something else is there, it left no trace, or that cannot be found out. */
type FinalOutcome<T> =
  | { readonly outcome: 'success'; readonly written: T }
  | { readonly outcome: 'refused' | 'failed' }
  | { readonly outcome: 'unknown' };

/** Probes further after a caller received "outcome unknown"; never sends the write. */
@Injectable()
export class BackgroundReconciler implements OnApplicationShutdown {
  readonly #stop = new AbortController();
  /** The tenant of each write that is probed. */
  readonly #tenants: string[] = [];

  constructor(private readonly clock: Clock) {
    // Each write adds listeners, and their number is limited above.
    setMaxListeners(0, this.#stop.signal);
  }

  /** Writes whose outcome is unknown and still looked for. */
  get size(): number {
    return this.#tenants.length;
  }

  /** Whether one more write of the tenant may be probed; the others are left to the next start. */
  hasCapacity(tenant: string): boolean {
    const ofTenant = this.#tenants.filter((one) => one === tenant).length;
    return ofTenant < MAX_WRITES.ofTenant && this.#tenants.length < MAX_WRITES.inAll;
  }

  /** Resolves within 60 s; never rejects. `unknown`: the probes failed, or proved nothing. */
  async reconcile<T>(context: RequestContext, write: ReconcilableWrite<T>): Promise<FinalOutcome<T>> {
    this.#tenants.push(context.tenant.id);
    try {
      return await this.#probe(context, write);
    } finally {
      this.#tenants.splice(this.#tenants.indexOf(context.tenant.id), 1);
    }
  }

  /** Resolves when Hubster can no longer be processing a write that was sent before. */
  async untilProcessed(): Promise<void> {
    const ms = PAUSES_MS.reduce((sum, pauseMs) => sum + pauseMs, 0);
    await this.clock.sleep(ms, this.#stop.signal).catch(() => undefined);
  }

  async #probe<T>(context: RequestContext, write: ReconcilableWrite<T>): Promise<FinalOutcome<T>> {
    let isUntouched = false;
    for (const pauseMs of PAUSES_MS) {
      await this.clock.sleep(pauseMs, this.#stop.signal).catch(() => undefined);
      if (this.#stop.signal.aborted) break;
      const call = { ...context, deadline: Deadline.after(this.clock, PROBE_MS), stats: new RequestStats() };
      const probeResult = await probeQuietly(call, write).catch(() => undefined);
      if (probeResult?.kind === 'done') return { outcome: 'success', written: probeResult.written };
      if (probeResult?.kind === 'rejected') return { outcome: 'refused' };
      if (probeResult?.kind === 'candidate') return { outcome: 'unknown' };
      isUntouched = probeResult?.isUntouched === true;
    }
    return { outcome: isUntouched && !this.#stop.signal.aborted ? 'failed' : 'unknown' };
  }

  /** At shutdown: writes that are not reconciled yet are left to the next start. */
  onApplicationShutdown(): void {
    this.#stop.abort();
  }
}
