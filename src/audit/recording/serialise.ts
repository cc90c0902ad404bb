import { exceedsSize, firstCharacters, isLongerThan } from '../../json/json-size';
import { isJsonObject, type JsonValue, writeJson } from '../../json/json-value';
import { KNOWN_SECRETS } from '../../secrets/known-secrets';
import { MASK } from '../../secrets/secret';
import { fingerprint, type SecretKeys } from '../../secrets/secret-keys';
import type { AuditRecord, AuditTarget, Change } from '../record';

const MAX_STRING = 512;
const MAX_VALUE = 4096;
/** Only so much of a text is redacted before it is cut: several times as much as is kept, as masks make it shorter. */
const MAX_REDACTED = 4096;
/** Of all values of a record together, in characters of JSON. */
const MAX_VALUES = 65_536;
const MAX_CHANGES = 256;
/** A value that is not longer than the text that would replace it is kept. */
const MARKER_LENGTH = 32;
const CUT = '…';
const SIZE = /^\(\d+ characters of JSON\)$/;

/** Masks a text, or the first `length` characters of it. */
type Redact = (text: string, length?: number) => string;

/** Line ends, C1 controls and text direction marks that JSON does not escape, but that viewers and terminals act on. */
const OBEYED_BY_VIEWERS = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * The record as one line of JSON, members in their documented order, without credentials and secrets of its own tenant
 * (docs/decisions/0022). Strings are cut at 512 characters, values of changes at 4,096 and at 64 Ki in all, and changes at 256, so that
 * no caller can fill the trail. A cut value is marked, omitted changes are counted in `changesOmitted`. No text can start a second line
 * or hide a part of this one.
 */
export function serialise(record: AuditRecord, keys: SecretKeys): string {
  const { id, phase, intentId, tenant, caller, action, target, outcome, status, code, attempts } = record;
  const { durationMs, requestId, traceId, address, changes, count } = record;
  const redact = redactorOf(tenant);
  const omitted = Math.max(0, (changes?.length ?? 0) - MAX_CHANGES);
  const ordered = {
    ...{ id, phase, intentId, tenant, caller, ...redactPerson(record, redact, keys), action },
    ...{ target: target && maskCredentialIn(target), outcome, status, code, attempts, durationMs },
    ...{ requestId: redact(requestId), traceId: traceId && redact(traceId), address },
    ...{ changes: changes && boundedChanges(changes, redact), count },
    ...(omitted > 0 && { changesOmitted: omitted }),
  };
  return escapeMarks(writeJson(cutStrings(ordered)));
}

/** A value of a change as it would be recorded for a tenant, to compare it with a recorded one. */
export function keptValue(value: JsonValue, tenant: string): JsonValue {
  return cutStrings(boundedValue(redactedOrSize(value, redactorOf(tenant))));
}

/** Whether a value from the trail is whole, with nothing masked, cut or left out: only then does it prove anything. */
export function isWhole(value: JsonValue): boolean {
  if (typeof value === 'string') return !value.includes(MASK) && !value.endsWith(CUT) && !SIZE.test(value);
  if (Array.isArray(value)) return value.every(isWhole);
  return !isJsonObject(value) || Object.entries(value).every((entry) => entry.every(isWhole));
}

/** The text of a member in the line of a record, to search for it without parsing. */
export function memberText(name: string, value: string): string {
  return `"${name}":${escapeMarks(JSON.stringify(cut(value)))}`;
}

function escapeMarks(json: string): string {
  return json.replace(OBEYED_BY_VIEWERS, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Only operators read records without a tenant, so these are redacted of the secrets of all tenants. */
function redactorOf(tenant: string | null): Redact {
  return tenant === null
    ? (text, length) => KNOWN_SECRETS.redact(text, length)
    : (text, length) => KNOWN_SECRETS.redactFor(tenant, text, length);
}

/** Adds a fingerprint to a person that is masked: otherwise a tenant could make a person anonymous by storing the name as a secret. */
function redactPerson(
  { tenant, onBehalfOf, onBehalfOfFingerprint }: AuditRecord,
  redact: Redact,
  keys: SecretKeys,
): Pick<AuditRecord, 'onBehalfOf' | 'onBehalfOfFingerprint'> {
  if (onBehalfOf === undefined) return {};
  const redacted = redact(onBehalfOf);
  const location = { tenant: tenant ?? '', integration: '', channel: '', field: 'onBehalfOf' };
  const print = redacted === onBehalfOf ? onBehalfOfFingerprint : fingerprint(keys, location, onBehalfOf);
  return { onBehalfOf: redacted, ...(print !== undefined && { onBehalfOfFingerprint: print }) };
}

/**
 * A tenant could hide what was done to an integration by choosing its id as a secret of another. So an id is masked only if it is a
 * credential, which no tenant can choose. The names of tenant and caller are from the tenants file or a token.
 */
function maskCredentialIn({ id, ...target }: AuditTarget): AuditTarget {
  return { ...target, ...(id !== undefined && { id: KNOWN_SECRETS.isCredential(id) ? MASK : id }) };
}

/** A value that is left out anyway is not redacted first, as redaction is the slowest step. */
function redactedOrSize(value: JsonValue, redact: Redact): JsonValue {
  if (typeof value !== 'string') return exceedsSize(value, MAX_VALUES) ? sizeOf(value) : redactValue(value, redact);
  return value.length > MAX_REDACTED ? redact(value, MAX_REDACTED) + CUT : redact(value);
}

/** Keys of objects included. */
function redactValue(value: JsonValue, redact: Redact): JsonValue {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, redact));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redact(key), redactValue(item, redact)]));
}

function boundedChanges(changes: readonly Change[], redact: Redact): Change[] {
  let left = MAX_VALUES;
  const bounded = (whole: JsonValue): JsonValue => {
    const value = redactedOrSize(whole, redact);
    const kept = boundedValue(typeof value === 'string' ? cut(value) : value);
    const { length } = writeJson(kept);
    left -= length;
    return left >= 0 || length <= MARKER_LENGTH ? kept : sizeOf(value);
  };
  return changes
    .slice(0, MAX_CHANGES)
    .map(({ pointer, from, to }) => ({ pointer: redact(pointer), from: bounded(from), to: bounded(to) }));
}

function boundedValue(value: JsonValue): JsonValue {
  return typeof value === 'string' || writeJson(value).length <= MAX_VALUE ? value : sizeOf(value);
}

const sizeOf = (value: JsonValue): string => `(${writeJson(value).length} characters of JSON)`;

function cutStrings(value: JsonValue): JsonValue;
function cutStrings(value: unknown): unknown;
function cutStrings(value: unknown): unknown {
  if (typeof value === 'string') return cut(value);
  if (Array.isArray(value)) return value.map((item: unknown) => cutStrings(item));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cutStrings(member)]));
}

function cut(text: string): string {
  return isLongerThan(text, MAX_STRING) ? firstCharacters(text, MAX_STRING - 1) + CUT : text;
}
