import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import {
  getMetadataStorage,
  type MetadataStorage,
  ValidateBy,
  type ValidationOptions,
  ValidationTypes,
} from 'class-validator';
import { exceedsSize } from '../json/json-size';
import type { JsonObject, JsonValue } from '../json/json-value';

const ANNOTATIONS = Symbol('annotations');
/** Ten times the maximum of a request. Redacting costs some microseconds for each element. */
const MAX_SHOWN = 1000;
/** Of all texts together, twice what a list may have: masking a URL costs up to a sixth of a microsecond for each. */
const MAX_SHOWN_CHARACTERS = 64 * 1024;

/** The declarations that the decorators of this file make about a property. */
interface FieldOptions {
  readonly description?: string;
  readonly example?: JsonValue;
  readonly secret?: true;
  readonly readOnly?: true;
  readonly updateOnly?: true;
  readonly defaultsToCurrent?: true;
  readonly lossWarning?: { readonly code: string; readonly message: string };
  readonly aliases?: readonly string[];
  /** The documented spelling of a value; undefined if the value is not of this field's type. */
  readonly canonical?: (value: JsonValue) => JsonValue | undefined;
  /** The value as callers see it; undefined if it is not of this field's type, so that all of it is masked. */
  readonly redact?: (value: JsonValue) => JsonValue | undefined;
  /** Whether `redact` may mask a part of a value: the view then has a fingerprint of all of it. */
  readonly masksParts?: true;
}

/** All that Stagedoor knows about one property of a configuration. */
export interface FieldDeclaration extends FieldOptions {
  readonly name: string;
  /** Its constructor according to TypeScript: String, Boolean, Array, … */
  readonly type: unknown;
  /** Whether it has `@IsDefined()`: on create, and on an update that replaces the configuration. */
  readonly required: boolean;
  /** The fields of its own class, for a property with `@ValidateNested()` and `@Type()`. */
  readonly members: readonly FieldDeclaration[];
}

/** A class whose properties are declared with the decorators of class-validator and of this file. */
export type ConfigurationClass<T extends object = object> = new () => T;

/** Beside `prt`, the PRT number of a violation, a rule may carry its JSON Schema in the `context` of its options. */
export interface RuleContext {
  readonly prt?: number;
  readonly schema?: JsonObject;
}

/** One rule of class-validator about one property. */
export type RuleMetadata = ReturnType<MetadataStorage['getTargetValidationMetadatas']>[number];

/** Makes a property a field: a part of the JSON Schema, in this order. */
export const Documented = (description?: string, example?: JsonValue): PropertyDecorator =>
  annotate({ ...(description !== undefined && { description }), ...(example !== undefined && { example }) });

/** Its value is never part of a response (N1). */
export const Secret = (): PropertyDecorator => annotate({ secret: true });

/** Hubster adds it to responses; in a request it is dropped with a warning. */
export const ReadOnly = (): PropertyDecorator => annotate({ readOnly: true });

/** Accepted in updates only, never shown (S-306). */
export const UpdateOnly = (): PropertyDecorator => annotate({ updateOnly: true });

/** An update without it keeps the current value, or the type of the integration (S-230). */
export const DefaultsToCurrent = (): PropertyDecorator => annotate({ defaultsToCurrent: true });

/** The warning in the response to an update that makes Hubster drop the field (S-233, S-238). */
export const LossWarning = (code: string, message: string): PropertyDecorator =>
  annotate({ lossWarning: { code, message } });

/** Other names of the field in Hubster's responses (S-206). */
export const Aliases = (...aliases: readonly string[]): PropertyDecorator => annotate({ aliases });

/** For values with several spellings. */
export const Canonical = (canonical: FieldOptions['canonical'] & object): PropertyDecorator => annotate({ canonical });

/** How callers see the value; without it a string or a boolean is shown unchanged. */
export const ShownAs = (redact: FieldOptions['redact'] & object): PropertyDecorator => annotate({ redact });

/** Like `ShownAs`, for values of which a part may be masked. */
export const MaskedInParts = (redact: FieldOptions['redact'] & object): PropertyDecorator =>
  annotate({ redact, masksParts: true });

/** A rule that class-validator does not have. */
export const Rule = (name: string, isValid: (value: unknown) => boolean, options?: ValidationOptions) =>
  ValidateBy({ name, validator: { validate: isValid } }, options);

function annotate(options: FieldOptions): PropertyDecorator {
  return (prototype, property) => {
    const fields = annotationsOf(prototype);
    const annotated = { ...fields, [property]: { ...fields[String(property)], ...options } };
    Reflect.defineMetadata(ANNOTATIONS, annotated, prototype);
  };
}

function annotationsOf(prototype: object): Readonly<Record<string, FieldOptions>> {
  return Reflect.getMetadata(ANNOTATIONS, prototype) ?? {};
}

/** The fields of a class, in the order of their declaration. */
export function fieldsOf(declared: ConfigurationClass): readonly FieldDeclaration[] {
  return Object.entries(annotationsOf(declared.prototype)).map(([name, options]) => {
    const nested = nestedClassOf(declared, name);
    return {
      ...options,
      name,
      type: Reflect.getMetadata('design:type', declared.prototype, name),
      required: rulesOf(declared, name).some((rule) => rule.name === ValidationTypes.IS_DEFINED),
      members: nested ? fieldsOf(nested) : [],
    };
  });
}

/** The rules of class-validator for one property of a class, or for all. */
export function rulesOf(declared: ConfigurationClass, property?: string): readonly RuleMetadata[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(declared, '', false, false);
  return property === undefined ? rules : rules.filter(({ propertyName }) => propertyName === property);
}

/** The class that `@Type` names for a property with `@ValidateNested`. */
export function nestedClassOf(declared: ConfigurationClass, property: string): ConfigurationClass | undefined {
  const isNested = rulesOf(declared, property).some(({ type }) => type === ValidationTypes.NESTED_VALIDATION);
  return isNested ? Object(plainToInstance(declared, { [property]: {} }))[property].constructor : undefined;
}

/** Redacts each text of a list; undefined for a list that is too long or contains anything else. */
export function redactTexts(redact: (text: string) => string): (value: JsonValue) => JsonValue | undefined {
  return (value) => {
    if (!Array.isArray(value) || value.length > MAX_SHOWN) return undefined;
    const isShown = value.every((item) => typeof item === 'string') && !exceedsSize(value, MAX_SHOWN_CHARACTERS);
    return isShown ? value.map(redact) : undefined;
  };
}
