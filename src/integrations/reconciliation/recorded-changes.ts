import type { Change } from '../../audit/record';
import { isWhole, keptValue } from '../../audit/recording/serialise';
import { type JsonValue, sameJson } from '../../json/json-value';
import { pointerOf } from '../../problems/violation';
import { traceable } from '../changes';
import type { IntegrationView } from '../integration-view';

const PUBLIC_KEY = pointerOf('configuration', 'publicSigningKey');
/** Stands in the intent alone; neither read nor answer shows such a field. */
const REGENERATE = pointerOf('configuration', 'regenerateKeys');

/** How an intent tells that new keys are asked for, and which are there before (S-307). */
export function keysToCome(before: IntegrationView): readonly Change[] {
  const publicKey = traceable(before).get(PUBLIC_KEY);
  return [
    { pointer: REGENERATE, from: null, to: true },
    ...(publicKey === undefined ? [] : [{ pointer: PUBLIC_KEY, from: publicKey, to: null }]),
  ];
}

/**
 * What an integration that is there now tells of an update, of which the trail keeps only the changes. A value that it keeps masked,
 * cut or by its size may be many: one that differs proves something, one that is equal nothing.
 */
export function toldOfUpdate(
  tenant: string,
  changes: readonly Change[],
  seen: IntegrationView,
): 'done' | 'untouched' | 'unclear' {
  const now = kept(seen, tenant);
  if (changes.some(({ pointer }) => pointer === REGENERATE)) return toldByKey(changes, now);
  // A field that neither was nor is shown tells nothing: some reads show hardly any (S-505).
  const telling = changes.filter(({ pointer, from }) => from !== null || now.has(pointer));
  if (!telling.some(({ from, to }) => isWhole(from) && isWhole(to))) return 'unclear';
  if (telling.every(({ pointer, to }) => sameJson(now.get(pointer) ?? null, to))) return 'done';
  return changes.every(({ pointer, from }) => sameJson(now.get(pointer) ?? null, from)) ? 'untouched' : 'unclear';
}

/**
 * Whether all that a create sent and that is shown is there (S-762): secrets, and what is masked in parts, by their fingerprints; of
 * other values the trail has to keep the whole.
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

/** Where the fingerprint of a configuration's field stands. */
function fingerprintPointer(pointer: string): string {
  return `${pointer.replace('/configuration/', '/secrets/')}/fingerprint`;
}

/** What a write has really changed, as far as it is shown. */
export function changesSeen(changes: readonly Change[], seen: IntegrationView): readonly Change[] {
  const now = traceable(seen);
  return changes
    .map(({ pointer, from }) => ({ pointer, from, to: now.get(pointer) ?? null }))
    .filter(({ from, to }) => !sameJson(from, to));
}

/** S-307: another key means done, the same key means not done, and no key to see means that nobody can tell. */
function toldByKey(changes: readonly Change[], now: ReadonlyMap<string, JsonValue>): 'done' | 'untouched' | 'unclear' {
  const before = changes.find(({ pointer }) => pointer === PUBLIC_KEY)?.from;
  const current = now.get(PUBLIC_KEY);
  if (typeof before !== 'string' || typeof current !== 'string') return 'unclear';
  if (!isWhole(before) || !isWhole(current)) return 'unclear';
  return before === current ? 'untouched' : 'done';
}

/** As the trail would keep it, long values cut. */
function kept(seen: IntegrationView, tenant: string): ReadonlyMap<string, JsonValue> {
  return new Map([...traceable(seen)].map(([pointer, value]) => [pointer, keptValue(value, tenant)]));
}
