import type { CacheRead } from '../../../src/cache/cache-read';
import { NO_DIRECTIVES } from '../../../src/cache/cache-read';
import type { LoadedResponse } from '../../../src/cache/entry';
import type { Clock } from '../../../src/clock/clock';
import { Deadline } from '../../../src/context/request-context';
import { Problem } from '../../../src/problems/problem';

export const SECOND = 1_000;

/** The default lifetimes, with a small memory. */
export const OPTIONS = {
  freshMs: 30 * SECOND,
  listFreshMs: 15 * SECOND,
  staleMs: 30 * SECOND,
  errorStaleMs: 300 * SECOND,
  memoryBytes: 1024 * 1024,
};

const VISIBILITY = 'all-hubs';

/** The parameter of `peek` for a tenant. */
export const tenantNamed = (id: string) => ({ id, visibility: VISIBILITY });

/** A resource whose only tag is its key. */
export const resource = (key: string) => ({ key, tags: [key] });

/** A Hubster that has one text and responds with it, or fails. */
export class Origin {
  text = 'v1';
  status: 200 | 404 = 200;
  failure: Problem | undefined;
  calls = 0;
  #unblocked: Promise<void> = Promise.resolve();

  /** Calls from now on wait until the returned function is called. They respond with the state at their start. */
  block(): () => void {
    let unblock: () => void = () => undefined;
    this.#unblocked = new Promise((resolve) => {
      unblock = resolve;
    });
    return unblock;
  }

  readonly load = async (): Promise<LoadedResponse> => {
    this.calls += 1;
    const { status, text, failure } = this;
    await this.#unblocked;
    if (failure) throw failure;
    return { status, body: Buffer.from(text), headers: {} };
  };

  request(clock: Clock, changes: Partial<CacheRead> = {}): CacheRead {
    return {
      tenant: 'acme',
      visibility: VISIBILITY,
      ...resource(changes.key ?? 'one'),
      kind: 'one',
      directives: NO_DIRECTIVES,
      deadline: Deadline.after(clock, 8 * SECOND),
      load: this.load,
      mayServeStale: (error) => error instanceof Problem && error.status >= 500,
      isOverload: (error) => error instanceof Problem && error.code === 'overloaded',
      ...changes,
    };
  }
}
