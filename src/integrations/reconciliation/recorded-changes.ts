import type { Change } from '../../audit/record';
import { isWhole, keptValue } from '../../audit/recording/serialise';
import { type JsonValue, sameJson } from '../../json/json-value';
import { pointerOf } from '../../problems/violation';
import { type IntegrationView, traceable } from '../integration-view';

const PUBLIC_KEY = pointerOf('configuration', 'publicSigningKey');
/** Only in the intent; no response shows this field. */
const REGENERATE = pointerOf('configuration', 'regenerateKeys');

/** The changes that an intent records for new keys: the request for them, and the public key from before (S-307). */
export function plannedRotation(before: IntegrationView): readonly Change[] {
  const publicKey = traceable(before).get(PUBLIC_KEY);
  return [
    { pointer: REGENERATE, from: null, to: true },
    ...(publicKey === undefined ? [] : [{ pointer: PUBLIC_KEY, from: publicKey, to: null }]),
  ];
}

/**
 * The state of an update, of which only the recorded changes are left, according to the present integration. A value that is recorded masked, cut
 * or by its size may stand for many: a present value that differs from it proves something, one that is equal proves nothing.
 */
export function stateOfUpdate(
  tenant: string,
  changes: readonly Change[],
  seen: IntegrationView,
): 'done' | 'untouched' | 'unclear' {
  const now = kept(seen, tenant);
  if (changes.some(({ pointer }) => pointer === REGENERATE)) return provenByKey(changes, now);
  // A field that was not and is not shown proves nothing: some reads show hardly any fields (S-505).
  const relevant = changes.filter(({ pointer, from }) => from !== null || now.has(pointer));
  if (!relevant.some(({ from, to }) => isWhole(from) && isWhole(to))) return 'unclear';
  if (relevant.every(({ pointer, to }) => sameJson(now.get(pointer) ?? null, to))) return 'done';
  return changes.every(({ pointer, from }) => sameJson(now.get(pointer) ?? null, from)) ? 'untouched' : 'unclear';
}

/**
 * Whether all values that a create sent and that are shown are there (S-762). Secrets and partly masked values are compared by their
 * fingerprints; other values only if they are recorded whole.
 */
export function showsCreated(tenant: string, changes: readonly Change[], seen: IntegrationView): boolean {
  const now = kept(seen, tenant);
  const pointers = new Set(changes.map(({ pointer }) => pointer));
  const isProof = ({ pointer, to }: Change) => isWhole(to) || pointers.has(fingerprintPointer(pointer));
  return changes.every((change) => {
    const { pointer, to } = change;
    return !now.has(pointer) || (isProof(change) && sameJson(now.get(pointer), to));
  });
}

/** The pointer to the fingerprint of a field of the configuration. */
function fingerprintPointer(pointer: string): string {
  return `${pointer.replace('/configuration/', '/secrets/')}/fingerprint`;
}

/** The actual changes of a write, as far as they are shown. */
export function changesSeen(changes: readonly Change[], seen: IntegrationView): readonly Change[] {
  const now = traceable(seen);
  return changes
    .map(({ pointer, from }) => ({ pointer, from, to: now.get(pointer) ?? null }))
    .filter(({ from, to }) => !sameJson(from, to));
}

/** S-307: another key means done, the same key means not done; a key that is not shown proves nothing. */
function provenByKey(
  changes: readonly Change[],
  now: ReadonlyMap<string, JsonValue>,
): 'done' | 'untouched' | 'unclear' {
  const before = changes.find(({ pointer }) => pointer === PUBLIC_KEY)?.from;
  const current = now.get(PUBLIC_KEY);
  if (typeof before !== 'string' || typeof current !== 'string') return 'unclear';
  if (!isWhole(before) || !isWhole(current)) return 'unclear';
  return before === current ? 'untouched' : 'done';
}

/** The values as the audit trail would record them, long ones cut. */
function kept(seen: IntegrationView, tenant: string): ReadonlyMap<string, JsonValue> {
  return new Map([...traceable(seen)].map(([pointer, value]) => [pointer, keptValue(value, tenant)]));
}
