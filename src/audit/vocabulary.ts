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

export type AuditPhase = (typeof AUDIT_PHASES)[number];

export const AUDIT_OUTCOMES = ['success', 'refused', 'failed', 'unknown'] as const;

export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

export const AUDIT_TARGETS = ['integration', 'hub', 'tenant', 'route'] as const;

export type AuditTargetType = (typeof AUDIT_TARGETS)[number];
