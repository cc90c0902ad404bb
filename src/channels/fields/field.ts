import { registerDecorator } from 'class-validator';
import type { JsonValue } from '../../json/json-value';
import type { FieldType, ValueViolation } from './field-type';

interface FieldOptions {
  readonly description: string;
  /** On create, and on an update that replaces the configuration. */
  readonly required?: true;
  /** Its value is never part of a response (N1). */
  readonly secret?: true;
  /** Hubster adds it to responses; in a request it is dropped with a warning. */
  readonly readOnly?: true;
  /** Accepted in updates only, never shown (S-306). */
  readonly updateOnly?: true;
  /** An update without it keeps the current value, or the type of the integration (S-230). */
  readonly defaultsToCurrent?: true;
  /** The warning in the response to an update that makes Hubster drop the field (S-233, S-238). */
  readonly lossWarning?: { readonly code: string; readonly message: string };
  /** Other names of the field in Hubster's responses (S-206). */
  readonly aliases?: readonly string[];
  readonly example?: JsonValue;
}

/** All that Stagedoor knows about one configuration field. */
export interface FieldDeclaration extends FieldOptions {
  readonly name: string;
  readonly type: FieldType;
}

/** A class whose properties are declared with `@Field`. */
export type ConfigurationClass = new () => object;

const declarations = new WeakMap<object, FieldDeclaration[]>();

/**
 * Declares one field of a channel's configuration. Validation, masking, normalising, JSON Schema and OpenAPI are derived
 * from it. Read-only fields are not validated.
 */
export function Field(type: FieldType, options: FieldOptions): PropertyDecorator {
  return (prototype, property) => {
    const field: FieldDeclaration = { name: String(property), type, ...options };
    const declared = declarations.get(prototype.constructor) ?? [];
    declarations.set(prototype.constructor, [...declared, field]);
    if (field.readOnly) return;
    registerDecorator({
      name: 'field',
      target: prototype.constructor,
      propertyName: field.name,
      validator: { validate: (value: unknown) => violationsOf(field, value).length === 0 },
    });
  };
}

export function fieldsOf(configuration: ConfigurationClass): readonly FieldDeclaration[] {
  return declarations.get(configuration) ?? [];
}

/** Every rule that the value of a request breaks; undefined: the request has no such field. */
export function violationsOf(field: FieldDeclaration, value: unknown): readonly ValueViolation[] {
  if (value === undefined) return field.required ? [{ code: 301 }] : [];
  return field.type.check(value);
}
