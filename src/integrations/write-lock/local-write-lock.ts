import type { Clock } from '../../clock/clock';
import type { Deadline } from '../../context/deadline';
import { Problem } from '../../problems/problem';
import { WriteLock, type WriteLockKey } from './write-lock';

/**
 * Writes that run or wait; each holds a body of up to 256 KiB. One integration may have half of its tenant's, so that others of the
 * tenant go on.
 */
const MAX_WRITES = { ofIntegration: 32, ofTenant: 64, inAll: 512 };

/** For one process: in the order they came. */
export class LocalWriteLock extends WriteLock {
  readonly #last = new Map<string, Promise<void>>();
  readonly #counts = new Map<string, number>();

  constructor(private readonly clock: Clock) {
    super();
  }

  override async runExclusive<T>(
    { tenant, integrationId }: WriteLockKey,
    deadline: Deadline,
    work: () => Promise<T>,
  ): Promise<T> {
    const key = `${tenant}/${integrationId}`;
    this.admit(tenant, key);
    const earlier = this.#last.get(key);
    let end = (): void => undefined;
    const mine = new Promise<void>((resolve) => {
      end = resolve;
    });
    const last = (earlier ?? Promise.resolve()).then(() => mine);
    this.#last.set(key, last);
    try {
      if (earlier !== undefined) await this.wait(earlier, deadline);
      return await work();
    } finally {
      for (const counted of ['', tenant, key]) this.count(counted, -1);
      end();
      // Only when nobody before is still at work: one who gave up waiting must not open the door to the next.
      void last.then(() => this.#last.get(key) === last && this.#last.delete(key));
    }
  }

  /** Counts one write more, or throws `overloaded` where there are too many already. */
  private admit(tenant: string, key: string): void {
    const { ofIntegration, ofTenant, inAll } = MAX_WRITES;
    const isFull = this.countOf(key) >= ofIntegration || this.countOf(tenant) >= ofTenant || this.countOf('') >= inAll;
    if (isFull) throw overloaded();
    for (const counted of ['', tenant, key]) this.count(counted, 1);
  }

  private countOf(counted: string): number {
    return this.#counts.get(counted) ?? 0;
  }

  private count(counted: string, change: 1 | -1): void {
    const count = this.countOf(counted) + change;
    if (count === 0) this.#counts.delete(counted);
    else this.#counts.set(counted, count);
  }

  private async wait(earlier: Promise<void>, deadline: Deadline): Promise<void> {
    const timeout = new AbortController();
    const isFirst = await Promise.race([
      earlier.then(() => true),
      this.clock.sleep(deadline.remaining, timeout.signal).then(
        () => false,
        () => true,
      ),
    ]);
    timeout.abort();
    if (!isFirst) throw overloaded();
  }
}

function overloaded(): Problem {
  return new Problem('overloaded', { retryAfterSeconds: 1 });
}
