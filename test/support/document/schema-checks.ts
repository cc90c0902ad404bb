import Ajv2020, { type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';

/** How many violations of a value are reported. */
const MAX_REPORTED = 5;
const OF_ALTERNATIVES = ['const', 'enum', 'not', 'anyOf', 'oneOf'];
const DOCUMENT = 'openapi';

/** Checks values against schemas of a document. A schema is compiled when it is used first. */
export class SchemaChecks {
  readonly #ajv: Ajv2020;
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(document: object) {
    // The document is linted elsewhere: to check its schemas here again would take longer than to compile them.
    const isChecked = { validateSchema: false, meta: false, addUsedSchema: false } as const;
    this.#ajv = new Ajv2020({ ...isChecked, strict: false, allErrors: true, inlineRefs: false });
    addFormats(this.#ajv);
    this.#ajv.addSchema(document, DOCUMENT);
  }

  /** What is wrong with a value under the schema at a pointer, in words without the value; empty if nothing is. */
  violations(pointer: string, value: unknown): readonly string[] {
    const isValid = this.#validatorOf(pointer);
    if (isValid(value)) return [];
    const all = isValid.errors ?? [];
    // Of alternatives, the others fail because they are others: that says less than what else is wrong.
    const own = all.filter(({ keyword }) => !OF_ALTERNATIVES.includes(keyword));
    return [...new Set((own.length > 0 ? own : all).map(textOf))].sort(byDepth).slice(0, MAX_REPORTED);
  }

  accepts(pointer: string, value: unknown): boolean {
    return this.#validatorOf(pointer)(value) === true;
  }

  #validatorOf(pointer: string): ValidateFunction {
    const known = this.#compiled.get(pointer);
    if (known) return known;
    const fragment = pointer.split('/').map(encodeURIComponent).join('/');
    const made = this.#ajv.compile({ $ref: `${DOCUMENT}#${fragment}` });
    this.#compiled.set(pointer, made);
    return made;
  }
}

const byDepth = (one: string, other: string): number => one.split('/').length - other.split('/').length;

function textOf({ instancePath, message, params }: ErrorObject): string {
  const member: unknown = params['additionalProperty'] ?? params['unevaluatedProperty'];
  const at = instancePath.replaceAll(/\/\d+/g, '/*');
  return `${at} ${message}${typeof member === 'string' ? ` (${member})` : ''}`.trim();
}
