import { pointerOf } from '../../problems/violation';

/** An effect of a write, or a missing one, that the caller may not expect (N8). */
export interface Warning {
  /** One of `WARNINGS`, or what a channel declares for the loss of one of its fields. */
  readonly code: string;
  readonly pointer: string;
  readonly message: string;
}

const WARNINGS = {
  'answer-only-dropped': 'Only answers hold this; it was dropped.',
  'configuration-dropped': 'The configuration of this channel cannot be updated; it was dropped, the rest was applied.',
  'current-value-dropped': 'This cannot be updated; it is the current value, so it was dropped.',
  'not-applied': 'Hubster accepted the update, but its answer does not show this value.',
  'unchanged-dropped': 'This is the current value, so it was not sent.',
  'undeclared-dropped': 'Replacing the configuration dropped this undocumented value; PATCH would have kept it.',
} as const;

export function warning(code: keyof typeof WARNINGS, ...path: readonly (string | number)[]): Warning {
  return { code, pointer: pointerOf(...path), message: WARNINGS[code] };
}
