import type { AuditAction, AuditEvent, AuditOutcome } from '../record';
import { memberText } from '../recording/serialise';
import { readEvent } from './read-event';

/** Absent means any. */
export interface EventFilter {
  /** Milliseconds since the epoch, inclusive. */
  readonly from?: number;
  /** Milliseconds since the epoch, exclusive. */
  readonly to?: number;
  readonly action?: AuditAction;
  readonly caller?: string;
  /** The id of the target. */
  readonly target?: string;
  readonly outcome?: AuditOutcome;
}

/**
 * Reads a stored line: its event, if it is one of the tenant (absent: of any, or of none) that matches the filter. The times of the
 * filter are those of the slice that is read, and not compared here.
 */
export function eventMatcher({
  tenant,
  ...filter
}: EventFilter & { readonly tenant?: string }): (line: string) => AuditEvent | undefined {
  const marks = marksOf({ tenant, ...filter });
  return (line) => {
    const event = marks.every((mark) => line.includes(mark)) ? readEvent(line) : undefined;
    const isWanted = event && (tenant === undefined || event.tenant === tenant) && matches(event, filter);
    return isWanted ? event : undefined;
  };
}

/** Texts that a line must contain to be parsed, which saves parsing most lines. */
function marksOf({
  tenant,
  action,
  caller,
  target,
  outcome,
}: EventFilter & { readonly tenant: string | undefined }): string[] {
  return Object.entries({ tenant, action, caller, id: target, outcome }).flatMap(([name, value]) =>
    value === undefined ? [] : [memberText(name, value)],
  );
}

function matches(event: AuditEvent, { action, caller, target, outcome }: EventFilter): boolean {
  return (
    (action === undefined || event.action === action) &&
    (caller === undefined || event.caller === caller) &&
    (target === undefined || event.target?.id === target) &&
    (outcome === undefined || event.outcome === outcome)
  );
}
