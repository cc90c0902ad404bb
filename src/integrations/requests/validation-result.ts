import { isJsonObject, type JsonValue } from '../../json/json-value';
import { invalidRequest, type Problem } from '../../problems/problem';
import { pointerOf, type Violation, violation } from '../../problems/violation';
import { MASK } from '../../secrets/secret';

const WARNINGS = {
  'answer-only-dropped': 'Only responses have this; it was dropped.',
  'configuration-dropped':
    'The configuration of this channel cannot be updated. It was dropped, and the other changes were applied.',
  'current-value-dropped': 'This cannot be updated; it is the current value, so it was dropped.',
  'not-applied': 'Hubster accepted this value, but does not show it.',
  'not-read':
    'The write succeeded, but the integration could not be read after it: members may be missing here, and there is no ETag.',
  'unchanged-dropped': 'This is the current value, so it was not sent.',
  'undeclared-dropped': 'Replacing the configuration dropped this undocumented value; PATCH would have kept it.',
} as const;
/** The number of masks that are listed is limited, as their pointers may be long. */
const MAX_MASKS = 101;

/** The violations and warnings found in a request. */
export interface ValidationResult {
  readonly errors: readonly Violation[];
  /** Masks in place of values; apart from the errors, as a request with masks alone has a problem code of its own. */
  readonly masks: readonly Violation[];
  readonly warnings: readonly Warning[];
}

/** The problem with all violations of a request. For a masked value only the mask is reported. */
export function invalidRequestProblem({ errors, masks }: Pick<ValidationResult, 'errors' | 'masks'>): Problem {
  const masked = new Set(masks.map(({ pointer }) => pointer));
  return invalidRequest([...errors.filter(({ pointer }) => !masked.has(pointer)), ...masks], new Set(masks));
}

export function throwIfInvalid(findings: Pick<ValidationResult, 'errors' | 'masks'>): void {
  if (findings.errors.length > 0 || findings.masks.length > 0) throw invalidRequestProblem(findings);
}

/** An effect of a write, or a missing one, that the caller may not expect (N8). */
export interface Warning {
  /** One of `WARNINGS`, or what a channel declares for the loss of one of its fields. */
  readonly code: string;
  readonly pointer: string;
  readonly message: string;
}

export function warning(code: keyof typeof WARNINGS, ...path: readonly (string | number)[]): Warning {
  return { code, pointer: pointerOf(...path), message: WARNINGS[code] };
}

/** The strings that contain a mask, at any depth (S-315): no mask is ever sent to Hubster. */
export function maskErrors(value: JsonValue | undefined, ...path: readonly string[]): Violation[] {
  const errors: Violation[] = [];
  collect(value, pointerOf(...path), errors);
  return errors;
}

function collect(value: JsonValue | undefined, pointer: string, errors: Violation[]): void {
  if (errors.length >= MAX_MASKS) return;
  if (typeof value === 'string') {
    if (value.includes(MASK)) errors.push(violation(206, pointer, 'The value contains a mask.'));
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) collect(item, `${pointer}/${index}`, errors);
  } else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) collect(item, pointer + pointerOf(key), errors);
  }
}
