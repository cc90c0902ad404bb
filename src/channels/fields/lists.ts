import { exceedsSize } from '../../json/json-size';
import type { JsonValue } from '../../json/json-value';
import type { ValueViolation } from './field-type';

/** Faults of a list: of the list itself, or else of each of its items at its index. */
export function listViolations(
  value: unknown,
  limits: { readonly min: number; readonly max: number },
  itemViolations: (item: unknown, isRepeated: boolean) => readonly ValueViolation[],
): readonly ValueViolation[] {
  if (!Array.isArray(value)) return [{ code: 302 }];
  if (value.length < limits.min) return [{ code: 306 }];
  if (value.length > limits.max) return [{ code: 207, detail: `At most ${limits.max} elements are taken.` }];
  const seen = new Set<unknown>();
  return value.flatMap((item: unknown, index) => {
    // Text counts as the same in any case.
    const folded = typeof item === 'string' ? item.toLowerCase() : item;
    const violations = itemViolations(item, seen.has(folded));
    seen.add(folded);
    return violations.map((violation) => ({ ...violation, at: [index, ...(violation.at ?? [])] }));
  });
}

/** Ten times as many as any list may have; each costs some microseconds to redact. */
const MAX_SHOWN = 1000;
/** Of all texts together, twice what a list may have: masking a URL costs up to a sixth of a microsecond for each. */
const MAX_SHOWN_CHARACTERS = 64 * 1024;

/** A list of texts as callers see it, each as `redact` has it; not a longer one. */
export function showTexts(redact: (text: string) => string): (value: JsonValue) => JsonValue | undefined {
  return (value) => {
    if (!Array.isArray(value) || value.length > MAX_SHOWN) return undefined;
    const isShown = value.every((item) => typeof item === 'string') && !exceedsSize(value, MAX_SHOWN_CHARACTERS);
    return isShown ? value.map(redact) : undefined;
  };
}
