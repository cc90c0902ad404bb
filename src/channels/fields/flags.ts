import { isJsonObject } from '../../json/json-value';
import { MASK } from '../../secrets/secret';
import { type FieldType, WRONG_TYPE } from './field-type';

/** A read-only object of booleans, such as the capabilities of a phone number (S-203). */
export function flags(...names: readonly string[]): FieldType {
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, { type: 'boolean' }])),
    },
    check: () => WRONG_TYPE,
    redact: (value) => {
      if (!isJsonObject(value)) return undefined;
      const nameOf = (key: string) => names.find((name) => name.toLowerCase() === key.toLowerCase());
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => {
          const name = nameOf(key);
          return name !== undefined && typeof item === 'boolean' ? [name, item] : [name ?? key, MASK];
        }),
      );
    },
  };
}
