import { validateSync } from 'class-validator';
import type { JsonObject } from '../../json/json-value';
import { pointerOf, type Violation, violation } from '../../problems/violation';
import { type ConfigurationClass, fieldsOf, violationsOf } from './field';

/**
 * The violations in the declared fields of an object at `path` of a request. class-validator finds the invalid fields,
 * `violationsOf` the violations of each. The instance is filled by hand: values are free content, and class-transformer
 * would read a key such as `constructor` in them as a class.
 */
export function valueErrors(declared: ConfigurationClass, object: JsonObject, ...path: readonly string[]): Violation[] {
  const fields = fieldsOf(declared);
  const values = fields.filter(({ name }) => Object.hasOwn(object, name)).map(({ name }) => [name, object[name]]);
  const invalid = validateSync(Object.assign(new declared(), Object.fromEntries(values)), {
    forbidUnknownValues: false,
  });
  return invalid.flatMap(({ property }) => {
    const field = fields.find(({ name }) => name === property);
    const violations = field ? violationsOf(field, object[property]) : [];
    return violations.map(({ code, at = [], detail }) => violation(code, pointerOf(...path, property, ...at), detail));
  });
}
