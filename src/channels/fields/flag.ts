import { type FieldType, NO_VIOLATIONS, WRONG_TYPE } from './field-type';

/** A boolean; `"yes"` and `1` are rejected (S-231). */
export const flag: FieldType = {
  schema: { type: 'boolean' },
  check: (value) => (typeof value === 'boolean' ? NO_VIOLATIONS : WRONG_TYPE),
  redact: (value) => (typeof value === 'boolean' ? value : undefined),
};
