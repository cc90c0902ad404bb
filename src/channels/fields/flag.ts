import { type Kind, NO_FAULTS, WRONG_TYPE } from './field-type';

/** A boolean; `"yes"` and `1` are none (S-231). */
export const flag: Kind = {
  schema: { type: 'boolean' },
  check: (value) => (typeof value === 'boolean' ? NO_FAULTS : WRONG_TYPE),
  show: (value) => (typeof value === 'boolean' ? value : undefined),
};
