import type { Clock } from '../../clock/clock';
import { networkOf } from '../../context/quota';
import { AUDIT_ACTIONS, type AuditAction, type AuditActor, type AuditResult } from '../record';

const WINDOW_MS = 60_000;
const UNAUTHENTICATED_LIMITS = { linesOfKey: 60, linesOfGroup: 3000, keysOfGroup: 1000, groups: 1 };
const CALLER_LIMITS = { linesOfKey: 60, linesOfGroup: 600, keysOfGroup: 100, groups: 500 };

/** The name for all groups, or all keys of a group, beyond those that are counted one by one. */
export const OTHERS = '*';

interface ThrottleLimits {
  /** Records of a key in a minute; the rest is counted. */
  readonly linesOfKey: number;
  /** Records of all keys of a group in a minute. */
  readonly linesOfGroup: number;
  readonly keysOfGroup: number;
  readonly groups: number;
}

/** The events of a minute that got no record of their own. `sample` is the first of them. */
export interface Suppressed<T> {
  readonly group: string;
  readonly key: string;
  readonly sample: T;
  readonly count: number;
}

interface Counter<T> {
  lines: number;
  counted: number;
  sample: T | undefined;
}

interface Group<T> {
  lines: number;
  readonly counters: Map<string, Counter<T>>;
}

/**
 * Decides which of many similar events get a record of their own, and counts the rest, which get one together at the end of the
 * minute. No group uses up the records of another, and memory is bounded.
 */
export class RecordThrottle<T> {
  readonly #stop = new AbortController();
  #groups = new Map<string, Group<T>>();
  #isRunning = false;

  constructor(
    private readonly clock: Clock,
    private readonly limits: ThrottleLimits,
    private readonly summarise: (suppressed: Suppressed<T>) => void,
  ) {}

  /** True if this event gets a record of its own; false if it is only counted. */
  admit(groupName: string, key: string, sample: T): boolean {
    void this.#runWindow();
    const { groups, keysOfGroup, linesOfKey, linesOfGroup } = this.limits;
    const group = entryOf(this.#groups, groupName, groups, () => ({
      lines: 0,
      counters: new Map<string, Counter<T>>(),
    }));
    const counter = entryOf(group.counters, key, keysOfGroup, () => ({ lines: 0, counted: 0, sample: undefined }));
    if (counter.lines < linesOfKey && group.lines < linesOfGroup) {
      counter.lines += 1;
      group.lines += 1;
      return true;
    }
    counter.sample ??= sample;
    counter.counted += 1;
    return false;
  }

  /** Summarises what was counted so far, now. */
  close(): void {
    this.#stop.abort();
    this.#endWindow();
  }

  async #runWindow(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    await this.clock.sleep(WINDOW_MS, this.#stop.signal).catch(() => undefined);
    this.#isRunning = false;
    this.#endWindow();
  }

  #endWindow(): void {
    const groups = this.#groups;
    this.#groups = new Map();
    for (const [group, { counters }] of groups) {
      for (const [key, { counted, sample }] of counters) {
        if (sample !== undefined) this.summarise({ group, key, sample, count: counted });
      }
    }
  }
}

/** The entry of a name, made if there is none; that of `OTHERS` if the map is full. */
function entryOf<V>(map: Map<string, V>, name: string, max: number, make: () => V): V {
  const known = map.get(name);
  if (known) return known;
  if (map.size >= max && name !== OTHERS) return entryOf(map, OTHERS, max, make);
  const made = make();
  map.set(name, made);
  return made;
}

/**
 * Decides which unauthenticated requests get a line: 60 a minute for each address and 3,000 in all; the rest is counted.
 * An IPv6 network of 64 bits counts as one address, as providers assign such a network to one customer.
 */
export class UnauthenticatedThrottle {
  readonly #throttle: RecordThrottle<true>;

  /** `summarise` is called at the end of a minute for each address beyond its lines; `*` is all addresses beyond a thousand. */
  constructor(clock: Clock, summarise: (address: string, count: number) => void) {
    this.#throttle = new RecordThrottle(clock, UNAUTHENTICATED_LIMITS, ({ key, count }) => summarise(key, count));
  }

  /** True if this request gets a line of its own; false if it is only counted. */
  admit(address: string): boolean {
    return this.#throttle.admit('', networkOf(address), true);
  }

  /** Summarises what was counted so far, now. */
  close(): void {
    this.#throttle.close();
  }
}

/** The rejection of a request whose caller is known. */
export interface CallerRejection extends AuditResult {
  readonly action: AuditAction;
}

interface Sample {
  readonly actor: Pick<AuditActor, 'tenant' | 'caller' | 'address'>;
  readonly rejection: CallerRejection;
}

/**
 * Decides which rejections of known callers get a record: of each action 60 a minute for a caller and 600 for a tenant; the rest is
 * counted. So callers without permission cannot fill the trail, and no tenant uses up the records of another.
 */
export class CallerRejections {
  readonly #throttles: ReadonlyMap<AuditAction, RecordThrottle<Sample>>;

  /** `summarise` is called at the end of a minute; the caller is null for callers beyond the first hundred of a tenant. */
  constructor(
    clock: Clock,
    private readonly summarise: (actor: Sample['actor'], rejection: CallerRejection) => void,
  ) {
    const summariseSample = (suppressed: Suppressed<Sample>) => this.#summarise(suppressed);
    this.#throttles = new Map(
      AUDIT_ACTIONS.map((action) => [action, new RecordThrottle(clock, CALLER_LIMITS, summariseSample)]),
    );
  }

  /** True if this rejection gets a record of its own; false if it is only counted. */
  admit({ tenant, caller, address }: AuditActor, { action, outcome, status, code }: CallerRejection): boolean {
    const rejection = { action, outcome, ...(status !== undefined && { status }), ...(code !== undefined && { code }) };
    const sample = { actor: { tenant, caller, address }, rejection };
    return this.#throttles.get(action)?.admit(tenant ?? '', caller ?? '', sample) === true;
  }

  /** Summarises what was counted so far, now. */
  close(): void {
    for (const throttle of this.#throttles.values()) throttle.close();
  }

  #summarise({ group, key, sample: { actor, rejection }, count }: Suppressed<Sample>): void {
    const tenant = group === OTHERS ? null : actor.tenant;
    const caller = group === OTHERS || key === OTHERS ? null : actor.caller;
    this.summarise({ ...actor, tenant, caller }, { ...rejection, count });
  }
}
