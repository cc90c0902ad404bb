import { isJsonObject } from '../../json/json-value';
import { MASK } from '../../secrets/secret';
import { type FieldType, WRONG_TYPE } from './field-type';

/** An object of booleans that Hubster tells, such as what a phone number can do (S-203). Never taken from callers. */
export function flags(...names: readonly string[]): FieldType {
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, { type: 'boolean' }])),
    },
    check: () => WRONG_TYPE,
    redact: (value) => {
      if (!isJsonObject(value)) return undefined;
      const declared = (key: string) => names.find((name) => name.toLowerCase() === key.toLowerCase());
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => {
          const name = declared(key);
          return name !== undefined && typeof item === 'boolean' ? [name, item] : [name ?? key, MASK];
        }),
      );
    },
  };
}
