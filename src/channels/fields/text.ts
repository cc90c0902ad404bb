import { isLongerThan } from '../../json/json-size';
import { isNumber } from '../../json/json-value';
import { type FieldType, NO_VIOLATIONS, WRONG_TYPE } from './field-type';

const MAX_LENGTH = 4096;

/** A non-empty string of any format (S-015, S-200), as providers change theirs. */
export const text: FieldType = {
  schema: { type: 'string', minLength: 1, maxLength: MAX_LENGTH },
  check: (value) => {
    if (typeof value !== 'string') return WRONG_TYPE;
    if (value === '') return [{ code: 301 }];
    return isLongerThan(value, MAX_LENGTH) ? [{ code: 207 }] : NO_VIOLATIONS;
  },
  redact: (value) => (typeof value === 'string' || isNumber(value) ? value : undefined),
};
