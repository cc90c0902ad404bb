import type { Clock } from '../../clock/clock';
import type { Deadline } from '../../context/request-context';
import type { Span } from '../../context/span';
import { Problem } from '../../problems/problem';

/**
 * Writes that run or wait; each keeps a body of up to 256 KiB in memory. An integration may have half of its tenant's writes, so
 * that the tenant's other integrations can be written. All callers with passthrough tokens, of which there may be any number, have
 * a quarter of all writes.
 */
const MAX_WRITES = { ofIntegration: 32, ofTenant: 64, ofPassthrough: 128, inAll: 512 };

/** An integration, which only one write at a time may change. */
export interface WriteLockKey {
  readonly tenant: string;
  /** Whether the tenant is a caller with a passthrough token. */
  readonly isPassthrough?: boolean;
  readonly integrationId: string;
  /** Of the request; no part of the key. */
  readonly span?: Span | undefined;
}

/** A group that a write is counted in, and how many it may have. */
type Group = readonly [name: string, max: number];

/** For one process; in the order of arrival. */
export class LocalWriteLock {
  readonly #last = new Map<string, Promise<void>>();
  readonly #counts = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** Runs `work` when all earlier work on the key has ended; throws `overloaded` if the deadline ends before that. */
  async runExclusive<T>(lockKey: WriteLockKey, deadline: Deadline, work: () => Promise<T>): Promise<T> {
    const key = `${lockKey.tenant}/${lockKey.integrationId}`;
    const groups = groupsOf(lockKey, key);
    if (groups.some(([name, max]) => this.#countOf(name) >= max)) throw overloaded();
    for (const [name] of groups) this.#count(name, 1);
    const earlier = this.#last.get(key);
    let end = (): void => undefined;
    const mine = new Promise<void>((resolve) => {
      end = resolve;
    });
    const last = (earlier ?? Promise.resolve()).then(() => mine);
    this.#last.set(key, last);
    try {
      if (earlier !== undefined) await this.#wait(earlier, deadline);
      return await work();
    } finally {
      for (const [name] of groups) this.#count(name, -1);
      end();
      // Only after all earlier work: a caller that stopped waiting must not let the next one start.
      void last.then(() => this.#last.get(key) === last && this.#last.delete(key));
    }
  }

  #countOf(group: string): number {
    return this.#counts.get(group) ?? 0;
  }

  #count(group: string, change: 1 | -1): void {
    const count = this.#countOf(group) + change;
    if (count === 0) this.#counts.delete(group);
    else this.#counts.set(group, count);
  }

  async #wait(earlier: Promise<void>, deadline: Deadline): Promise<void> {
    const ended = earlier.then(() => true);
    if (!(await this.clock.withTimeout(ended, { ms: deadline.remaining }))) throw overloaded();
  }
}

/** No tenant has an empty id, or one with an asterisk. */
function groupsOf({ tenant, isPassthrough }: WriteLockKey, key: string): readonly Group[] {
  const { ofIntegration, ofTenant, ofPassthrough, inAll } = MAX_WRITES;
  const groups: Group[] = [
    [key, ofIntegration],
    [tenant, ofTenant],
    ['', inAll],
  ];
  return isPassthrough ? [...groups, ['*', ofPassthrough]] : groups;
}

function overloaded(): Problem {
  return new Problem('overloaded', { retryAfterSeconds: 1 });
}
