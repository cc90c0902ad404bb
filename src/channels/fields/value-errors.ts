import { validateSync } from 'class-validator';
import type { JsonObject } from '../../json/json-value';
import { pointerOf, type Violation, violation } from '../../problems/violation';
import { type ConfigurationClass, fieldsOf, violationsOf } from './field';

/**
 * What is wrong with the declared fields of an object that stands at `path` of a request. class-validator runs the
 * rules; where inside a value a rule is broken comes from the field's type. The instance is filled by hand: values are
 * free content, and class-transformer would take a key such as `constructor` inside them for a class.
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
