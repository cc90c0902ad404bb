import { registerDecorator } from 'class-validator';
import type { JsonValue } from '../../json/json-value';
import type { FieldType, ValueViolation } from './field-type';

interface FieldOptions {
  readonly description: string;
  /** Must be there on create, and on an update that replaces the configuration. */
  readonly required?: true;
  /** Its value never leaves (N1). */
  readonly secret?: true;
  /** Only Hubster says it; in a request it is dropped with a warning. */
  readonly readOnly?: true;
  /** Taken on updates only, never shown (S-306). */
  readonly updateOnly?: true;
  /** Left out of an update, it stays what it is, or what the integration's own type says (S-230). */
  readonly defaultsToCurrent?: true;
  /** What the caller is told when an update makes Hubster forget it (S-233, S-238). */
  readonly lossWarning?: { readonly code: string; readonly message: string };
  /** Other names under which Hubster is known to answer it (S-206). */
  readonly aliases?: readonly string[];
  readonly example?: JsonValue;
}

/** All that Stagedoor knows of one configuration field. */
export interface FieldDeclaration extends FieldOptions {
  readonly name: string;
  readonly type: FieldType;
}

/** A class whose properties are declared with `@Field`. */
export type ConfigurationClass = new () => object;

const declarations = new WeakMap<object, FieldDeclaration[]>();

/**
 * Declares one field of a channel's configuration. Everything else (validation, masking, normalising, JSON Schema,
 * OpenAPI) is derived from it; answer-only fields take part in no validation.
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

/** What is wrong with the value that a request has for a field. */
export function violationsOf(field: FieldDeclaration, value: unknown): readonly ValueViolation[] {
  if (value === undefined) return field.required ? [{ code: 301 }] : [];
  return field.type.check(value);
}
