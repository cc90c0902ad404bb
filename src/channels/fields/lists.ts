import { exceedsSize } from '../../json/json-size';
import type { JsonValue } from '../../json/json-value';
import type { ValueViolation } from './field-type';

/** The violations of a list: of its type and length, or else of each item at its index. */
export function listViolations(
  value: unknown,
  limits: { readonly min: number; readonly max: number },
  itemViolations: (item: unknown, isRepeated: boolean) => readonly ValueViolation[],
): readonly ValueViolation[] {
  if (!Array.isArray(value)) return [{ code: 302 }];
  if (value.length < limits.min) return [{ code: 306 }];
  if (value.length > limits.max) return [{ code: 207, detail: `At most ${limits.max} elements are allowed.` }];
  const seen = new Set<unknown>();
  return value.flatMap((item: unknown, index) => {
    // Texts that differ in case only are the same.
    const folded = typeof item === 'string' ? item.toLowerCase() : item;
    const violations = itemViolations(item, seen.has(folded));
    seen.add(folded);
    return violations.map((violation) => ({ ...violation, at: [index, ...(violation.at ?? [])] }));
  });
}

/** Ten times the maximum of a request. Redacting costs some microseconds for each element. */
const MAX_SHOWN = 1000;
/** Of all texts together, twice what a list may have: masking a URL costs up to a sixth of a microsecond for each. */
const MAX_SHOWN_CHARACTERS = 64 * 1024;

/** Redacts each text of a list; undefined for a list that is too long or holds anything else. */
export function redactTexts(redact: (text: string) => string): (value: JsonValue) => JsonValue | undefined {
  return (value) => {
    if (!Array.isArray(value) || value.length > MAX_SHOWN) return undefined;
    const isShown = value.every((item) => typeof item === 'string') && !exceedsSize(value, MAX_SHOWN_CHARACTERS);
    return isShown ? value.map(redact) : undefined;
  };
}
