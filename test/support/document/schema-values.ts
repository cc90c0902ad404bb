import fc, { type Arbitrary } from 'fast-check';
import { type DocumentedApi, isRecord } from './documented-api';
import type { Schema } from './openapi-document';

/** Values for strings that have a meaning. */
export interface KnownValues {
  readonly ids: readonly string[];
  readonly secrets: readonly string[];
}

/** Longer texts and lists than this show nothing new. */
const LONGEST = 24;
const MOST_ITEMS = 3;
const URLS = ['https://hooks.example/in', 'http://localhost:5100/in?a=1', 'HTTPS://hooks.example/'];
/** Printable, without spaces at the ends, which some texts must not have. */
const TEXT = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);

/**
 * Values that a schema accepts, apart from keywords that need a search (`not`, `minProperties`): whoever uses them filters with the
 * validator. Never a mask, which no request may have.
 */
export class SchemaValues {
  constructor(
    private readonly api: DocumentedApi,
    private readonly known: KnownValues,
  ) {}

  of(schema: Schema): Arbitrary<unknown> {
    const { $ref: ref, const: only, enum: several, oneOf, anyOf, allOf, type } = schema;
    if (typeof ref === 'string') return this.of(this.api.resolve<Schema>(ref.slice(1))?.value ?? {});
    if (only !== undefined) return fc.constant(only);
    if (Array.isArray(several)) return fc.constantFrom(...several);
    const [alternatives] = [oneOf, anyOf].filter(Array.isArray);
    if (alternatives) return fc.oneof(...alternatives.map((one: Schema) => this.of(one)));
    if (Array.isArray(allOf)) return this.of(Object(allOf[0]));
    if (Array.isArray(type)) return fc.oneof(...type.map((one: string) => this.of({ ...schema, type: one })));
    switch (type) {
      case 'object':
        return this.#object(schema);
      case 'array':
        return this.#array(schema);
      case 'string':
        return this.#string(schema);
      case 'integer':
      case 'number':
        return fc.integer({ min: numberOr(schema['minimum'], -1000), max: numberOr(schema['maximum'], 100_000) });
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      default:
        return fc.constantFrom('text', 1, true, null);
    }
  }

  #object({ properties, required, additionalProperties }: Schema): Arbitrary<unknown> {
    const named = Object.entries(isRecord(properties) ? properties : {}).map(
      ([name, schema]) => [name, this.of(Object(schema))] as const,
    );
    const requiredKeys: string[] = Array.isArray(required) ? required : [];
    const members = fc.record(Object.fromEntries(named), { requiredKeys });
    if (additionalProperties === false || additionalProperties === undefined) return members;
    const others = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), this.of(Object(additionalProperties)), {
      maxKeys: 2,
    });
    return fc.tuple(others, members).map(([further, own]) => ({ ...further, ...own }));
  }

  #array({ items, minItems, maxItems, uniqueItems }: Schema): Arbitrary<unknown> {
    const minLength = numberOr(minItems, 0);
    const bounds = {
      minLength,
      maxLength: Math.min(numberOr(maxItems, Number.POSITIVE_INFINITY), minLength + MOST_ITEMS),
    };
    const item = this.of(Object(items));
    return uniqueItems === true
      ? fc.uniqueArray(item, { ...bounds, selector: (one) => JSON.stringify(one) })
      : fc.array(item, bounds);
  }

  #string(schema: Schema): Arbitrary<string> {
    const { format, pattern, minLength, maxLength } = schema;
    if (format === 'uuid') return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...this.known.ids) }, fc.uuid());
    if (format === 'password') return fc.constantFrom(...this.known.secrets);
    if (format === 'uri') return fc.constantFrom(...URLS);
    if (format === 'date-time') {
      return fc
        .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
        .map((date) => date.toISOString());
    }
    if (typeof pattern === 'string') {
      const matches = (text: string) => new RegExp(pattern, 'u').test(text);
      // The generator knows no lookaheads.
      const made = fc.stringMatching(new RegExp(pattern.replaceAll(/\(\?[!=][^)]*\)/g, '')));
      return fc.oneof(TEXT, made).filter(matches);
    }
    const least = numberOr(minLength, 0);
    const most = Math.min(numberOr(maxLength, LONGEST), least + LONGEST);
    return fc
      .array(TEXT, { minLength: 1, maxLength: 3 })
      .map((texts) => texts.join('-').padEnd(least, 'x').slice(0, most));
  }
}

const numberOr = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);
