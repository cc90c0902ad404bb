import type { JsonValue } from '../json/json-value';
import type { AuditAction, AuditOutcome, AuditPhase, AuditTargetType } from './vocabulary';

/** Who did it, and from where. `tenant` and `caller` are null where nobody was known yet (a 401). */
export interface AuditActor {
  readonly tenant: string | null;
  readonly caller: string | null;
  /** `X-On-Behalf-Of`: the caller's word, proves nothing. */
  readonly onBehalfOf?: string;
  /** Where that is masked in the trail: keyed and of its tenant, so that the acts of one person can be told from others. */
  readonly onBehalfOfFingerprint?: string;
  readonly requestId: string;
  readonly traceId?: string;
  readonly address: string;
}

export interface AuditTarget {
  readonly type: AuditTargetType;
  /** Absent while it is not known: a create has no id before its outcome. */
  readonly id?: string;
  /** RFC 6901: the one field that it is about. Never its value. */
  readonly pointer?: string;
}

/** One field that changed; null stands for an absent one. A secret comes as its fingerprint only (N1). */
export interface Change {
  /** RFC 6901. */
  readonly pointer: string;
  readonly from: JsonValue;
  readonly to: JsonValue;
}

/** What is about to be done. */
export interface AuditIntent {
  readonly action: AuditAction;
  readonly target: AuditTarget;
  readonly changes?: readonly Change[];
}

/** What came of it. */
export interface AuditResult {
  readonly outcome: AuditOutcome;
  /** The HTTP status of the answer; absent where the process ended before it gave one. */
  readonly status?: number;
  /** The problem's code, where there was one. */
  readonly code?: string;
  /** How many calls to Hubster it took, reads and looks included. */
  readonly attempts?: number;
  readonly durationMs?: number;
  readonly target?: AuditTarget;
  readonly changes?: readonly Change[];
  /** How many occurrences one line stands for (refusals at the throttle). */
  readonly count?: number;
}

/** A record as the trail gives it to a store, which adds `seq` and `time`. */
export interface AuditRecord extends AuditActor, Partial<AuditResult> {
  readonly id: string;
  readonly phase: AuditPhase;
  /** On an outcome: the `id` of its intent. */
  readonly intentId?: string;
  readonly action: AuditAction;
}

/** A record as it is read back. Its `seq` stays in the store: it counts the records of all tenants. */
export interface AuditEvent extends AuditRecord {
  /** How many changes the record had beyond those that it tells. */
  readonly changesOmitted?: number;
  /** When it was stored: RFC 3339 with milliseconds, UTC. */
  readonly time: string;
}
