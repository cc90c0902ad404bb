import type { JsonValue } from '../json/json-value';

/** All actions that the trail records. A route declares one of these, or that it has none and why. */
export const AUDIT_ACTIONS = [
  'integration.create',
  'integration.update',
  'integration.delete',
  'integration.read',
  'access.refused',
  'cache.purge',
  'audit.read',
  'webhook.verify',
  'secret.compare',
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** A mutation leaves an intent and at least one outcome; everything else leaves one event. */
export const AUDIT_PHASES = ['intent', 'outcome', 'event'] as const;

type AuditPhase = (typeof AUDIT_PHASES)[number];

export const AUDIT_OUTCOMES = ['success', 'refused', 'failed', 'unknown'] as const;

export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

export const AUDIT_TARGETS = ['integration', 'hub', 'tenant', 'route'] as const;

type AuditTargetType = (typeof AUDIT_TARGETS)[number];

/** Who did it, and from where. `tenant` and `caller` are null if they were not known yet (a 401). */
export interface AuditActor {
  readonly tenant: string | null;
  readonly caller: string | null;
  /** `X-On-Behalf-Of`: a claim of the caller, not checked. */
  readonly onBehalfOf?: string;
  /** If that is masked in the trail: keyed, and bound to the tenant, so that the acts of one person can be distinguished. */
  readonly onBehalfOfFingerprint?: string;
  readonly requestId: string;
  readonly traceId?: string;
  readonly address: string;
}

export interface AuditTarget {
  readonly type: AuditTargetType;
  /** Absent if it is not known: a create has no id before its outcome. */
  readonly id?: string;
  /** RFC 6901: the field that the record is about. Never its value. */
  readonly pointer?: string;
}

/** One field that changed; null if it is absent. Of a secret only the fingerprint (N1). */
export interface Change {
  /** RFC 6901. */
  readonly pointer: string;
  readonly from: JsonValue;
  readonly to: JsonValue;
}

/** A mutation before it is sent. */
export interface AuditIntent {
  readonly action: AuditAction;
  readonly target: AuditTarget;
  readonly changes?: readonly Change[];
}

/** The outcome. */
export interface AuditResult {
  readonly outcome: AuditOutcome;
  /** The HTTP status of the response; absent if the process ended before it. */
  readonly status?: number;
  /** The code of the problem, if the response was one. */
  readonly code?: string;
  /** Attempts at Hubster, those of reads and probes included. */
  readonly attempts?: number;
  readonly durationMs?: number;
  readonly target?: AuditTarget;
  readonly changes?: readonly Change[];
  /** The number of events that the record counts (rejections beyond the throttle). */
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
  /** The number of changes that were left out of the record. */
  readonly changesOmitted?: number;
  /** When it was stored: RFC 3339 with milliseconds, UTC. */
  readonly time: string;
}
