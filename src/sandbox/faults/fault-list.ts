import type { SandboxRequest } from '../sandbox-http';
import { type Fault, matches } from './fault';

interface ListedFault {
  readonly fault: Fault;
  hits: number;
}

/** The faults in order of creation. */
export class FaultList {
  #listed: ListedFault[] = [];

  add(fault: Fault): void {
    this.#listed.push({ fault, hits: 0 });
  }

  /** The first fault that matches, has hits left and is chosen by its probability; counts the hit. */
  select(request: SandboxRequest, tenant: string | null): Fault | undefined {
    const listed = this.#listed.find(
      ({ fault, hits }) =>
        (fault.times === 0 || hits < fault.times) &&
        matches(fault.match, request, tenant) &&
        (fault.probability === 1 || fault.random() < fault.probability),
    );
    if (listed) listed.hits += 1;
    return listed?.fault;
  }

  clear(): void {
    this.#listed = [];
  }

  /** As JSON, with hit counts and the sources of regular expressions. */
  describe(): readonly unknown[] {
    return this.#listed.map(({ fault: { id, match, times, probability, effect }, hits }) => ({
      id,
      hits,
      times,
      probability,
      match: { ...match, path: match.path?.source, body: match.body?.source },
      effect,
    }));
  }
}
