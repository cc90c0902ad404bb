import type { Clock } from '../../clock/clock';
import type { AuditActor, AuditResult } from '../record';
import type { AuditAction } from '../vocabulary';
import { OTHERS, RecordThrottle, type Suppressed } from './record-throttle';

const LIMITS = { linesOfKey: 60, linesOfGroup: 600, keysOfGroup: 100, groups: 500 };

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
  readonly #throttles = new Map<AuditAction, RecordThrottle<Sample>>();

  /** `summarise` is called at the end of a minute; the caller is null for callers beyond the first hundred of a tenant. */
  constructor(
    private readonly clock: Clock,
    private readonly summarise: (actor: Sample['actor'], rejection: CallerRejection) => void,
  ) {}

  /** True if this rejection gets a record of its own; false if it is only counted. */
  admit({ tenant, caller, address }: AuditActor, { action, outcome, status, code }: CallerRejection): boolean {
    const rejection = { action, outcome, ...(status !== undefined && { status }), ...(code !== undefined && { code }) };
    return this.#throttleOf(action).admit(tenant ?? '', caller ?? '', {
      actor: { tenant, caller, address },
      rejection,
    });
  }

  /** Summarises what was counted so far, now. */
  close(): void {
    for (const throttle of this.#throttles.values()) throttle.close();
  }

  #throttleOf(action: AuditAction): RecordThrottle<Sample> {
    const known = this.#throttles.get(action);
    if (known) return known;
    const made = new RecordThrottle<Sample>(this.clock, LIMITS, (suppressed) => this.#summarise(suppressed));
    this.#throttles.set(action, made);
    return made;
  }

  #summarise({ group, key, sample: { actor, rejection }, count }: Suppressed<Sample>): void {
    const tenant = group === OTHERS ? null : actor.tenant;
    const caller = group === OTHERS || key === OTHERS ? null : actor.caller;
    this.summarise({ ...actor, tenant, caller }, { ...rejection, count });
  }
}
