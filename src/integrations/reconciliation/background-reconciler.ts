import { setMaxListeners } from 'node:events';
import type { Clock } from '../../clock/clock';
import { Deadline } from '../../context/deadline';
import type { RequestContext } from '../../context/request-context';
import { RequestStats } from '../../context/request-stats';
import type { ReconcilableWrite } from './probe-result';
import { probeQuietly } from './reconciler';

/** Half a minute in all, in milliseconds: longer than Hubster can still be at work on the last attempt. */
const PAUSES_MS = [1000, 2000, 4000, 8000, 15_000];
const PROBE_MS = 4000;
/** Writes that are looked after; each holds what it sent and what was there before. */
const MAX_WRITES = { ofTenant: 10, inAll: 40 };

/** What came out in the end: it was done, something else is there, or there is no trace of it. */
export type Truth<T> =
  | { readonly outcome: 'success'; readonly written: T }
  | { readonly outcome: 'refused' | 'failed' }
  | { readonly outcome: 'unknown' };

/** Goes on looking after a caller was told "outcome unknown"; never sends anything. */
export class BackgroundReconciler {
  readonly #stop = new AbortController();
  /** The tenant of each write that is looked after. */
  readonly #tenants: string[] = [];

  constructor(private readonly clock: Clock) {
    // All who probe or wait listen to it.
    setMaxListeners(0, this.#stop.signal);
  }

  /** Whether one write more of the tenant may be looked after; the others are left to the next start. */
  mayFind(tenant: string): boolean {
    const ofTenant = this.#tenants.filter((one) => one === tenant).length;
    return ofTenant < MAX_WRITES.ofTenant && this.#tenants.length < MAX_WRITES.inAll;
  }

  /** Resolves within 60 s; never rejects. `unknown`: Hubster could not be asked, or what it shows does not tell. */
  async find<T>(context: RequestContext, write: ReconcilableWrite<T>): Promise<Truth<T>> {
    this.#tenants.push(context.tenant.id);
    try {
      return await this.#find(context, write);
    } finally {
      this.#tenants.splice(this.#tenants.indexOf(context.tenant.id), 1);
    }
  }

  /** Resolves when Hubster can no longer be at work on a write of now. */
  async pass(): Promise<void> {
    const ms = PAUSES_MS.reduce((sum, pauseMs) => sum + pauseMs, 0);
    await this.clock.sleep(ms, this.#stop.signal).catch(() => undefined);
  }

  async #find<T>(context: RequestContext, write: ReconcilableWrite<T>): Promise<Truth<T>> {
    let isUntouched = false;
    for (const pauseMs of PAUSES_MS) {
      await this.clock.sleep(pauseMs, this.#stop.signal).catch(() => undefined);
      if (this.#stop.signal.aborted) break;
      const call = { ...context, deadline: Deadline.after(this.clock, PROBE_MS), stats: new RequestStats() };
      const probeResult = await probeQuietly(call, write).catch(() => undefined);
      if (probeResult?.kind === 'done') return { outcome: 'success', written: probeResult.written };
      if (probeResult?.kind === 'refused') return { outcome: 'refused' };
      if (probeResult?.kind === 'candidate') return { outcome: 'unknown' };
      isUntouched = probeResult?.isUntouched === true;
    }
    return { outcome: isUntouched && !this.#stop.signal.aborted ? 'failed' : 'unknown' };
  }

  /** At shutdown: what is not settled by then is left to the next start. */
  stop(): void {
    this.#stop.abort();
  }
}
