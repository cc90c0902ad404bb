import type { AuditRecord, Change, JsonValue } from './record';

const MAX_STRING = 512;
const MAX_VALUE = 4096;
/** Of all values of a record together, in characters of JSON. */
const MAX_VALUES = 65_536;
const MAX_CHANGES = 256;
/** What is no longer than the words that would replace it stays. */
const MARKER_LENGTH = 32;

/** Line ends, C1 controls and text direction marks that JSON leaves as they are, but viewers and terminals obey. */
const OBEYED_BY_VIEWERS = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * The record as one line of JSON, members in the order of design 7. Strings are cut at 512 characters, values of changes at
 * 4,096 and at 64 Ki in all, and changes at 256, so that nobody fills the trail; what is left out is said in its place, or by
 * `changesOmitted`. Nothing in them can start a second line or hide a part of this one.
 */
export function serialise(record: AuditRecord): string {
  const { id, phase, intentId, tenant, caller, onBehalfOf, action, target, outcome, status, code, attempts } = record;
  const { durationMs, requestId, traceId, address, changes, count } = record;
  const omitted = Math.max(0, (changes?.length ?? 0) - MAX_CHANGES);
  const ordered = {
    ...{ id, phase, intentId, tenant, caller, onBehalfOf, action, target, outcome, status, code, attempts },
    ...{ durationMs, requestId, traceId, address, changes: changes && boundedChanges(changes), count },
    ...(omitted > 0 && { changesOmitted: omitted }),
  };
  return escapeMarks(JSON.stringify(ordered, cutStrings));
}

/** A value of a change as the trail keeps it, to be compared with one that was read back. */
export function keptValue(value: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(boundedValue(value), cutStrings));
}

/** How a member of a record stands in its line, for those who look for it without parsing. */
export function memberText(name: string, value: string): string {
  return `"${name}":${escapeMarks(JSON.stringify(cut(value)))}`;
}

function escapeMarks(json: string): string {
  return json.replace(OBEYED_BY_VIEWERS, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function boundedChanges(changes: readonly Change[]): Change[] {
  let left = MAX_VALUES;
  const bounded = (value: JsonValue): JsonValue => {
    const kept = boundedValue(typeof value === 'string' ? cut(value) : value);
    const { length } = JSON.stringify(kept);
    left -= length;
    return left >= 0 || length <= MARKER_LENGTH ? kept : sizeOf(value);
  };
  return changes
    .slice(0, MAX_CHANGES)
    .map(({ pointer, from, to }) => ({ pointer, from: bounded(from), to: bounded(to) }));
}

function boundedValue(value: JsonValue): JsonValue {
  return typeof value === 'string' || JSON.stringify(value).length <= MAX_VALUE ? value : sizeOf(value);
}

const sizeOf = (value: JsonValue): string => `(${JSON.stringify(value).length} characters of JSON)`;

const cutStrings = (_key: string, value: unknown): unknown => (typeof value === 'string' ? cut(value) : value);

function cut(text: string): string {
  return text.length <= MAX_STRING ? text : `${text.slice(0, MAX_STRING - 1)}…`;
}
