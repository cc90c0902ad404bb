import { pointerOf } from '../../problems/violation';

/** An effect of a write, or a missing one, that the caller may not expect (N8). */
export interface Warning {
  /** One of `WARNINGS`, or what a channel declares for the loss of one of its fields. */
  readonly code: string;
  readonly pointer: string;
  readonly message: string;
}

const WARNINGS = {
  'answer-only-dropped': 'This value only occurs in responses; it was dropped.',
  'configuration-dropped':
    'The configuration of this channel cannot be updated. It was dropped, and the other changes were applied.',
  'current-value-dropped': 'This value cannot be updated. It equals the current one and was dropped.',
  'not-applied': 'Hubster accepted the update, but its response does not have this value.',
  'unchanged-dropped': 'This is the current value, which was not sent.',
  'undeclared-dropped': 'The new configuration dropped this undocumented value; a PATCH keeps it.',
} as const;

export function warning(code: keyof typeof WARNINGS, ...path: readonly (string | number)[]): Warning {
  return { code, pointer: pointerOf(...path), message: WARNINGS[code] };
}
