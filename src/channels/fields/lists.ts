import type { JsonValue } from '../../json/json-value';
import type { Fault } from './kind';

/** Faults of a list: of the list itself, or else of each of its items at its index. */
export function listFaults(
  value: unknown,
  limits: { readonly min: number; readonly max: number },
  itemFaults: (item: unknown, index: number, list: readonly unknown[]) => readonly Fault[],
): readonly Fault[] {
  if (!Array.isArray(value)) return [{ code: 302 }];
  if (value.length < limits.min) return [{ code: 306 }];
  if (value.length > limits.max) return [{ code: 207, detail: `At most ${limits.max} elements are taken.` }];
  return value.flatMap((item: unknown, index) =>
    itemFaults(item, index, value).map((fault) => ({ ...fault, at: [index, ...(fault.at ?? [])] })),
  );
}

/** Whether the same text, in any case, stands before `index`. */
export function isRepeated(item: string, index: number, list: readonly unknown[]): boolean {
  const folded = item.toLowerCase();
  return list.slice(0, index).some((other) => typeof other === 'string' && other.toLowerCase() === folded);
}

export function showTexts(value: JsonValue): JsonValue | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
}
