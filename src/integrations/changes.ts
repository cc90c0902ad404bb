import type { Change } from '../audit/record';
import { type JsonValue, sameJson } from '../json/json-value';
import { pointerOf } from '../problems/violation';
import { MASK } from '../secrets/secret';
import type { IntegrationView } from './integration-view';

/** The differences between two views, for the audit trail. Views are masked, so their differences are, too. */
export function changesBetween(before: IntegrationView | undefined, after: IntegrationView | undefined): Change[] {
  const old = before ? traceable(before) : new Map<string, JsonValue>();
  const next = after ? traceable(after) : new Map<string, JsonValue>();
  return [...new Set([...old.keys(), ...next.keys()])]
    .map((pointer) => ({ pointer, from: old.get(pointer) ?? null, to: next.get(pointer) ?? null }))
    .filter(({ from, to }) => !sameJson(from, to));
}

/**
 * What a write really changed: what it meant to change, and any other value that differs now (new keys). Reads and write responses
 * of Hubster show different fields, so a field that is missing on one side does not count as changed.
 */
export function realChanges(
  meant: readonly Change[],
  before: IntegrationView | undefined,
  after: IntegrationView,
): readonly Change[] {
  const pointers = new Set(meant.map(({ pointer }) => pointer));
  return changesBetween(before, after).filter(
    ({ pointer, from, to }) => pointers.has(pointer) || (from !== null && to !== null),
  );
}

/** What the audit trail records of an integration, by pointer. Reconciliation needs the channel to find a create. */
export function traceable(view: IntegrationView): ReadonlyMap<string, JsonValue> {
  const { configuration, secrets, channelId, name = null, statusId = null } = view;
  return new Map<string, JsonValue>([
    [pointerOf('channelId'), channelId],
    [pointerOf('name'), name],
    [pointerOf('statusId'), statusId],
    ...Object.entries(configuration).flatMap(([key, value]) => traceableField(key, value, secrets[key]?.fingerprint)),
  ]);
}

/** A value that is masked in parts is recorded with its fingerprint; of one that is masked whole only the fingerprint is. */
function traceableField(key: string, shown: JsonValue, fingerprint: string | undefined): [string, JsonValue][] {
  const pointer = pointerOf('configuration', key);
  if (fingerprint === undefined) return [[pointer, shown]];
  if (shown === MASK) return [[pointer, fingerprint]];
  return [
    [pointer, shown],
    [pointerOf('secrets', key, 'fingerprint'), fingerprint],
  ];
}
