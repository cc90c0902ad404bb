import { isNumber, textOfNumber } from '../../json/json-value';
import { INTEGRATION_TYPES, integrationTypeOf } from '../integration-type';
import { type FieldType, NO_VIOLATIONS, WRONG_TYPE } from './field-type';

/** A public integration type: its name in any case or its number. Hubster receives the name (S-236). */
export const integrationType: FieldType = {
  schema: { type: 'string', enum: [...INTEGRATION_TYPES] },
  check: (value) => {
    if (typeof value !== 'string' && !isNumber(value)) return WRONG_TYPE;
    return integrationTypeOf(value) === undefined ? [{ code: 206 }] : NO_VIOLATIONS;
  },
  redact: (value) => integrationTypeOf(value) ?? (isNumber(value) ? textOfNumber(value) : undefined),
  canonical: (value) => integrationTypeOf(value) ?? value,
};
