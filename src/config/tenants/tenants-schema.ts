import { Ajv, type AnySchemaObject, type ErrorObject, type ValidateFunction } from 'ajv';
import { parseInstant } from '../../clock/instant';
import type { Secret } from '../../secrets/secret';
import { parseUrl } from '../../secrets/url';
import { isRemoteHttp, parseBaseUrl } from '../environment/variable-types';
import schema from '../tenants-file.schema.json';

/** The content of a file that the schema accepts. */
export interface TenantsFileContent<S extends string> {
  readonly tenants?: readonly {
    readonly id: string;
    readonly hubster: {
      readonly clientId: string;
      readonly clientSecret: object;
      readonly portalUrl?: string;
      readonly identityUrl?: string;
    };
    readonly hubs?: readonly string[];
    readonly limits?: { readonly requestsPerMinute: number };
  }[];
  readonly callers?: readonly {
    readonly id: string;
    readonly keyHash?: string;
    readonly keys?: readonly { readonly hash: string; readonly expires?: string }[];
    readonly tenants: '*' | readonly string[];
    readonly scopes: readonly S[];
    readonly limits?: { readonly requestsPerMinute: number };
  }[];
  readonly issuers?: readonly {
    readonly issuer: string;
    readonly audience: string;
    readonly jwksUri: string;
    readonly tenantClaim?: string;
    readonly scopeClaim?: string;
    readonly tenants: '*' | readonly string[];
    readonly scopes?: readonly S[];
  }[];
  readonly passthrough?: boolean;
}

/** So that a file of another kind is not listed whole. */
const MAX_ERRORS = 1000;

/** A rule that a file breaks. */
interface SchemaViolation {
  readonly path: readonly string[];
  readonly expected: string;
  /** A key of the mapping at `path` that no rule knows. */
  readonly unknownKey?: string;
}

/** The state of one check, for the rules that compare values of a file with each other or read its secrets. */
export class SchemaContext {
  /** By the mapping that names the source. */
  readonly secrets = new Map<object, Secret>();
  readonly #names = new Map<string, Set<string>>();

  constructor(
    private readonly readSecret: (source: 'env' | 'file', name: string) => Secret | undefined,
    private readonly hubsterOrigins: ReadonlySet<string>,
  ) {}

  /** Whether a tenant may have this address: nothing else may ever receive its credentials. */
  isHubsterAddress(text: string): boolean {
    const url = parseBaseUrl(text);
    return url !== undefined && this.hubsterOrigins.has(url.origin);
  }

  isKnown(kind: string, name: string): boolean {
    return this.#names.get(kind)?.has(name) === true;
  }

  /** False if the file had the name before. */
  addName(kind: string, name: string): boolean {
    const names = this.#names.get(kind) ?? new Set();
    this.#names.set(kind, names);
    return names.size < names.add(name).size;
  }

  addSecret(source: 'env' | 'file', name: string, owner: object): boolean {
    const secret = this.readSecret(source, name);
    if (secret) this.secrets.set(owner, secret);
    return secret !== undefined;
  }
}

/** Checks the content of a tenants file, in the order of the schema: tenants come first, so that callers can be compared with them. */
export function checkSchema<S extends string>(
  value: unknown,
  context: SchemaContext,
): { readonly content: TenantsFileContent<S> } | { readonly violations: readonly SchemaViolation[] } {
  const validate = validator();
  if (isContent<S>(value, validate.call(context, value))) return { content: value };
  const violations = new Map<string, SchemaViolation>();
  for (const error of validate.errors?.slice(0, MAX_ERRORS) ?? []) {
    // Rules with branches repeat what the branch or the rule itself reports.
    if (error.keyword === 'if' || error.schemaPath.includes('/oneOf/')) continue;
    const violation = violationOf(error);
    const place = [...violation.path, violation.unknownKey ?? ''].join('/');
    // One violation a place: for a value of the wrong type, that of its type.
    if (!violations.has(place) || error.keyword === 'type') violations.set(place, violation);
  }
  return { violations: [...violations.values()] };
}

function isContent<S extends string>(_value: unknown, isValid: boolean): _value is TenantsFileContent<S> {
  return isValid;
}

/** A date is midnight UTC at its start. A time without a zone would depend on the machine. */
export function expiryOf(text: string): number | undefined {
  return parseInstant(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
}

let compiled: ValidateFunction | undefined;

/** Compiled on first use, as the demo has no file. */
function validator(): ValidateFunction {
  compiled ??= new Ajv({
    allErrors: true,
    verbose: true,
    passContext: true,
    strictTypes: false,
    formats: {
      expiry: (text: string) => expiryOf(text) !== undefined,
      'https-url': (text: string) => {
        const url = parseUrl(text);
        return url !== undefined && !isRemoteHttp(url);
      },
    },
    keywords: [
      'errorMessage',
      {
        keyword: 'unique',
        type: 'string',
        validate(this: SchemaContext, kind: string, name: string) {
          return this.addName(kind, name);
        },
      },
      {
        keyword: 'uniqueIgnoringCase',
        type: 'string',
        validate(this: SchemaContext, kind: string, name: string) {
          return this.addName(kind, name.toLowerCase());
        },
      },
      {
        keyword: 'reference',
        type: 'string',
        validate(this: SchemaContext, kind: string, name: string) {
          return this.isKnown(kind, name);
        },
      },
      {
        keyword: 'hubsterAddress',
        type: 'string',
        validate(this: SchemaContext, _isOne: true, text: string) {
          return this.isHubsterAddress(text);
        },
      },
      {
        keyword: 'secretFrom',
        type: 'string',
        validate(
          this: SchemaContext,
          source: 'env' | 'file',
          name: string,
          _schema,
          place?: { readonly parentData: object },
        ) {
          return place !== undefined && this.addSecret(source, name, place.parentData);
        },
      },
    ],
  }).compile(withoutRefs(schema));
  return compiled;
}

/** The schema with each definition in the place of its references: Ajv copies all errors so far after each reference that it follows. */
function withoutRefs(
  { $ref, definitions, ...rules }: AnySchemaObject,
  all: AnySchemaObject = definitions,
): AnySchemaObject {
  const definition = $ref === undefined ? {} : withoutRefs(all[$ref.replace('#/definitions/', '')], all);
  const own = Object.entries(rules).map(([name, value]) => [name, isMapping(value) ? withoutRefs(value, all) : value]);
  return { ...definition, ...Object.fromEntries(own) };
}

const isMapping = (value: unknown): value is AnySchemaObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function violationOf({ keyword, instancePath, params, parentSchema = {}, schema }: ErrorObject): SchemaViolation {
  const path = instancePath.split('/').slice(1);
  switch (keyword) {
    case 'dependencies':
    case 'required': {
      const name = params['missingProperty'];
      return { path: [...path, name], expected: descriptionOf(parentSchema['properties'][name]) };
    }
    case 'additionalProperties': {
      const unknownKey: string = params['additionalProperty'];
      // Under `clientSecret` an unknown key may be the secret.
      const isNamed = path.at(-1) !== 'clientSecret' && /^[A-Za-z]\w{0,31}$/.test(unknownKey);
      return {
        path,
        unknownKey,
        expected: `only the keys ${keysOf(parentSchema)}${isNamed ? `, not ${unknownKey}` : ''}`,
      };
    }
    case 'oneOf':
      return {
        path,
        expected: `either ${parentSchema['oneOf'].flatMap(({ required }: AnySchemaObject) => required).join(' or ')}`,
      };
    case 'uniqueItems':
      return { path: [...path, String(params['i'])], expected: 'each item once' };
    case 'unique':
    case 'uniqueIgnoringCase':
      return { path, expected: `a unique ${schema}` };
    default:
      return { path, expected: descriptionOf(parentSchema) };
  }
}

function descriptionOf({ errorMessage, ...rules }: AnySchemaObject): string {
  return errorMessage ?? (rules['enum'] ? `one of ${rules['enum'].join(', ')}` : `a mapping of ${keysOf(rules)}`);
}

function keysOf({ properties }: AnySchemaObject): string {
  return Object.keys(properties).join(', ');
}
