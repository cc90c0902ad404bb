import { registerDecorator } from 'class-validator';
import type { JsonValue } from '../../json/json-value';
import type { Fault, Kind } from './field-type';

interface FieldOptions {
  readonly description: string;
  /** Must be there on create, and on an update that replaces the configuration. */
  readonly required?: true;
  /** Its value never leaves (N1). */
  readonly secret?: true;
  /** Only Hubster says it; in a request it is dropped with a warning. */
  readonly answerOnly?: true;
  /** Taken on updates only, never shown (S-306). */
  readonly updateOnly?: true;
  /** Left out of an update, it stays what it is, or what the integration's own type says (S-230). */
  readonly inherited?: true;
  /** What the caller is told when an update makes Hubster forget it (S-233, S-238). */
  readonly whenLost?: { readonly code: string; readonly message: string };
  /** Other names under which Hubster is known to answer it (S-206). */
  readonly misspelt?: readonly string[];
  readonly example?: JsonValue;
}

/** All that Stagedoor knows of one configuration field. */
export interface FieldDeclaration extends FieldOptions {
  readonly name: string;
  readonly kind: Kind;
}

/** A class whose properties are declared with `@Field`. */
export type ConfigurationClass = new () => object;

const declarations = new WeakMap<object, FieldDeclaration[]>();

/**
 * Declares one field of a channel's configuration. Everything else (validation, masking, normalising, JSON Schema,
 * OpenAPI) is derived from it; answer-only fields take part in no validation.
 */
export function Field(kind: Kind, options: FieldOptions): PropertyDecorator {
  return (prototype, property) => {
    const field: FieldDeclaration = { name: String(property), kind, ...options };
    const declared = declarations.get(prototype.constructor) ?? [];
    declarations.set(prototype.constructor, [...declared, field]);
    if (field.answerOnly) return;
    registerDecorator({
      name: 'field',
      target: prototype.constructor,
      propertyName: field.name,
      validator: { validate: (value: unknown) => faultsOf(field, value).length === 0 },
    });
  };
}

export function fieldsOf(configuration: ConfigurationClass): readonly FieldDeclaration[] {
  return declarations.get(configuration) ?? [];
}

/** What is wrong with the value that a request has for a field. */
export function faultsOf(field: FieldDeclaration, value: unknown): readonly Fault[] {
  if (value === undefined) return field.required ? [{ code: 301 }] : [];
  return field.kind.check(value);
}
