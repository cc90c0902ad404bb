import { applyDecorators } from '@nestjs/common';
import {
  ARRAY_UNIQUE,
  getMetadataStorage,
  IsNotEmpty,
  IsString,
  ValidateBy,
  type ValidationError,
  ValidationTypes,
  validateSync,
} from 'class-validator';
import { isLongerThan } from '../json/json-size';
import { isJsonObject, isNumber, type JsonObject, type JsonValue } from '../json/json-value';
import { pointerOf, type Violation, violation } from '../problems/violation';
import type { Channel } from './channel';
import { fieldNamed } from './configuration-keys';
import {
  type ConfigurationClass,
  fieldsOf,
  nestedClassOf,
  Rule,
  type RuleContext,
  type RuleMetadata,
  rulesOf,
} from './field';

export type WriteOperation = 'create' | 'update';

/** The member of a request that holds the configuration. */
const CONFIGURATION = 'configuration';

/** The properties of each class that a request may have, filled on first use. */
const PROPERTIES = new WeakMap<ConfigurationClass, readonly Property[]>();
/** More than any list of a request may have. */
const MAX_ITEMS = 1000;

/** The PRT number of each rule that has none in its context; 206, "is not supported", for all others. */
const PRT_NUMBERS: Readonly<Record<string, number>> = {
  isDefined: 301,
  isNotEmpty: 301,
  isArray: 302,
  isBoolean: 302,
  isObject: 302,
  isString: 302,
  isStringOrNumber: 302,
  nestedValidation: 302,
  arrayMinSize: 306,
  arrayMaxSize: 207,
  maxLength: 207,
  minLength: 207,
};

/**
 * Every violation of a complete configuration (S-108, S-751). Its keys have their documented spelling (`renameKeys`), and
 * the caller of this function has removed read-only fields.
 */
export function configurationErrors(
  channel: Channel,
  configuration: JsonObject,
  operation: WriteOperation,
): Violation[] {
  return [
    ...unknownKeys(channel, configuration, operation),
    ...validate(channel.configuration, configuration, CONFIGURATION).errors,
    ...wrongChoice(channel, configuration),
  ];
}

function unknownKeys(channel: Channel, configuration: JsonObject, operation: WriteOperation): Violation[] {
  return Object.keys(configuration)
    .filter((key) => {
      const field = fieldNamed(channel, key);
      return !field || field.readOnly || (field.updateOnly && operation === 'create');
    })
    .map((key) => violation(303, pointerOf(CONFIGURATION, key)));
}

function wrongChoice({ exactlyOneOf }: Channel, configuration: JsonObject): Violation[] {
  const [first] = exactlyOneOf;
  if (first === undefined) return [];
  const present = exactlyOneOf.filter((name) => Object.hasOwn(configuration, name));
  const rule = `Exactly one of '${exactlyOneOf.join("' and '")}' is expected.`;
  if (present.length === 0) return [violation(301, pointerOf(CONFIGURATION, first), rule)];
  return present.slice(1).map((name) => violation(303, pointerOf(CONFIGURATION, name), rule));
}

/** class-validator counts `MaxLength` without variation selectors; JSON Schema, Hubster and we count code points. */
export const MaxCharacters = (max: number) =>
  ValidateBy({
    name: 'maxLength',
    constraints: [max],
    validator: { validate: (value: unknown) => typeof value === 'string' && !isLongerThan(value, max) },
  });

/** A non-empty string of any format (S-015, S-200), as providers change theirs. */
export const IsText = (max = 4096) => applyDecorators(IsString(), IsNotEmpty(), MaxCharacters(max));

/** A name or a number; `canonical` or the reader of the request finds out which. */
export const IsStringOrNumber = () => Rule('isStringOrNumber', (value) => typeof value === 'string' || isNumber(value));

interface Validated<T> {
  /** Its properties are of the declared types if there are no errors. */
  readonly value: T;
  readonly errors: Violation[];
}

/** Validates the declared, not read-only members of an object at `path` of a request; undeclared ones are ignored. */
export function validate<T extends object>(
  declared: ConfigurationClass<T>,
  object: JsonObject,
  ...path: readonly string[]
): Validated<T> {
  const value = instanceOf(declared, object);
  const errors = validateSync(value, {
    forbidUnknownValues: false,
    skipUndefinedProperties: true,
    // The first broken rule of a value is reported, and no list is read that is too long.
    stopAtFirstError: true,
    dismissDefaultMessages: true,
  });
  return { value, errors: violationsOf(errors, pointerOf(...path)) };
}

interface Property {
  readonly name: string;
  readonly nested: ConfigurationClass | undefined;
}

function propertiesOf(declared: ConfigurationClass): readonly Property[] {
  const known = PROPERTIES.get(declared);
  if (known) return known;
  const readOnly = fieldsOf(declared).filter((field) => field.readOnly);
  const names = new Set(rulesOf(declared).map(({ propertyName }) => propertyName));
  for (const { name } of readOnly) names.delete(name);
  const properties = [...names].map((name) => ({ name, nested: nestedClassOf(declared, name) }));
  PROPERTIES.set(declared, properties);
  return properties;
}

/**
 * An instance with the declared members of an object. In place of `plainToInstance`, which copies free content and
 * throws where a key in it is called `constructor`.
 */
function instanceOf<T extends object>(declared: ConfigurationClass<T>, object: JsonObject): T {
  const present = propertiesOf(declared).filter(({ name }) => Object.hasOwn(object, name));
  const members = present.map(({ name, nested }) => [name, nested ? nestedValue(nested, object[name]) : object[name]]);
  return Object.assign(new declared(), Object.fromEntries(members));
}

function nestedValue(nested: ConfigurationClass, value: JsonValue | undefined): unknown {
  // null is what `ValidateNested` rejects; it would accept a list in a list.
  if (Array.isArray(value)) {
    return value.map((item, index) => (index < MAX_ITEMS && isJsonObject(item) ? instanceOf(nested, item) : null));
  }
  return isJsonObject(value) ? instanceOf(nested, value) : value;
}

/** class-validator's errors with a JSON pointer and a PRT number each. */
function violationsOf(errors: readonly ValidationError[], parent: string): Violation[] {
  return errors.flatMap((error) => {
    const pointer = parent + pointerOf(error.property);
    const [name] = Object.keys(error.constraints ?? {});
    if (name === undefined) return violationsOf(error.children ?? [], pointer);
    // null is present, and of the wrong type.
    if (name === ValidationTypes.IS_DEFINED && error.value === null) return [violation(302, pointer)];
    const rules = rulesOf(Object(error.target).constructor, error.property);
    const broken = rules.find((rule) => rule.name === name);
    if (!broken) return [violation(PRT_NUMBERS[name] ?? 206, pointer)];
    const isAboutItems = broken.each || name === ARRAY_UNIQUE;
    if (isAboutItems && Array.isArray(error.value)) return itemViolations(error, error.value, rules, pointer);
    return [violationOf(broken, pointer, error.constraints?.[name])];
  });
}

function violationOf(rule: RuleMetadata, pointer: string, text?: string): Violation {
  const context: RuleContext | undefined = rule.context;
  // A message that is a function, or has this placeholder, could quote the value (S-751).
  const isConstant = typeof rule.message === 'string' && !rule.message.includes('$value');
  return violation(context?.prt ?? PRT_NUMBERS[rule.name ?? ''] ?? 206, pointer, isConstant ? text : undefined);
}

/** class-validator does not report which items of a list break a rule; they are found here, with the first broken rule of each. */
function itemViolations(
  error: ValidationError,
  list: readonly unknown[],
  rules: readonly RuleMetadata[],
  pointer: string,
): Violation[] {
  const seen = new Set<unknown>();
  return list.flatMap((item, index) => {
    const isRepeated = seen.has(foldCase(item));
    seen.add(foldCase(item));
    const broken = rules.find((rule) =>
      rule.each ? !accepts(rule, item, error) : rule.name === ARRAY_UNIQUE && isRepeated,
    );
    return broken ? [violationOf(broken, `${pointer}/${index}`, String(broken.message))] : [];
  });
}

function accepts(rule: RuleMetadata, item: unknown, { target = {}, property, value }: ValidationError): boolean {
  const { constraints } = rule;
  const context = { targetName: target.constructor.name, object: target, property, value, constraints };
  const validators = getMetadataStorage().getTargetValidatorConstraints(rule.constraintCls);
  return validators.every(({ instance }) => instance.validate(item, context));
}

/** Texts that differ in case only are the same item. */
export const foldCase = (item: unknown): unknown => (typeof item === 'string' ? item.toLowerCase() : item);
