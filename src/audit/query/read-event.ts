import { isJsonObject, type JsonObject, type JsonValue } from '../../json/json-value';
import { tryReadJson } from '../../json/read/read-json';
import {
  AUDIT_ACTIONS,
  AUDIT_OUTCOMES,
  AUDIT_PHASES,
  AUDIT_TARGETS,
  type AuditEvent,
  type AuditTarget,
  type Change,
} from '../record';

/** A stored line as an event, its fields listed one by one; undefined for lines of the chain itself and for foreign text. */
export function readEvent(line: string): AuditEvent | undefined {
  const fields = parse(line);
  const { id, time, phase, tenant, caller, action, requestId, address } = fields;
  if (!isOneOf(AUDIT_PHASES, phase) || !isOneOf(AUDIT_ACTIONS, action)) return undefined;
  if (typeof id !== 'string' || typeof time !== 'string') return undefined;
  if (!isTextOrNull(tenant) || !isTextOrNull(caller)) return undefined;
  if (typeof requestId !== 'string' || typeof address !== 'string') return undefined;
  const { outcome, target, changes } = fields;
  return {
    ...{ id, time, phase },
    ...texts(fields, 'intentId'),
    ...{ tenant, caller },
    ...texts(fields, 'onBehalfOf', 'onBehalfOfFingerprint'),
    action,
    ...(isTarget(target) && { target }),
    ...(isOneOf(AUDIT_OUTCOMES, outcome) && { outcome }),
    ...numbers(fields, 'status'),
    ...texts(fields, 'code'),
    ...numbers(fields, 'attempts', 'durationMs'),
    requestId,
    ...texts(fields, 'traceId'),
    address,
    ...(Array.isArray(changes) && { changes: changes.filter(isChange) }),
    ...numbers(fields, 'count', 'changesOmitted'),
  };
}

function parse(line: string): JsonObject {
  const value = tryReadJson(Buffer.from(line));
  return isJsonObject(value) ? value : {};
}

function texts<Name extends string>(fields: JsonObject, ...names: readonly Name[]): { [name in Name]?: string } {
  const found: { [name in Name]?: string } = {};
  for (const name of names) {
    const value = fields[name];
    if (typeof value === 'string') found[name] = value;
  }
  return found;
}

function numbers<Name extends string>(fields: JsonObject, ...names: readonly Name[]): { [name in Name]?: number } {
  const found: { [name in Name]?: number } = {};
  for (const name of names) {
    const value = fields[name];
    if (typeof value === 'number') found[name] = value;
  }
  return found;
}

const isTextOrNull = (value: unknown): value is string | null => value === null || typeof value === 'string';

function isOneOf<const T extends string>(known: readonly T[], value: unknown): value is T {
  return known.some((one) => one === value);
}

function isTarget(value: unknown): value is AuditTarget {
  return (
    isJsonObject(value) &&
    isOneOf(AUDIT_TARGETS, value['type']) &&
    [value['id'], value['pointer']].every((text) => text === undefined || typeof text === 'string')
  );
}

function isChange(value: unknown): value is Change {
  return isJsonObject(value) && typeof value['pointer'] === 'string' && isThere(value['from']) && isThere(value['to']);
}

function isThere(value: JsonValue | undefined): value is JsonValue {
  return value !== undefined;
}
