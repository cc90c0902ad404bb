import { withoutOtherMembers } from './closed-schemas';
import type { OpenApiDocument, OperationObject } from './openapi-document';
import { SchemaChecks } from './schema-checks';

export const VERBS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

/** A part of the document, and where it is. */
export interface Place<T> {
  /** JSON Pointer (RFC 6901). */
  readonly pointer: string;
  readonly value: T;
}

/** The verbs of one path. */
export interface PathItem {
  readonly template: string;
  readonly pattern: RegExp;
  readonly operations: ReadonlyMap<string, Place<OperationObject>>;
}

/** The document, by the requests that it describes. */
export class DocumentedApi {
  readonly #paths: readonly PathItem[];
  readonly requests: SchemaChecks;
  /** Members that a schema does not name are forbidden in responses unless the schema allows them explicitly. */
  readonly responses: SchemaChecks;

  constructor(readonly document: OpenApiDocument) {
    this.#paths = Object.entries(document.paths)
      .map(([template, item]) => this.#pathItem(template, item))
      .sort((one, other) => parametersIn(one.template) - parametersIn(other.template));
    this.requests = new SchemaChecks(document);
    this.responses = new SchemaChecks(withoutOtherMembers(document));
  }

  get paths(): readonly PathItem[] {
    return this.#paths;
  }

  /** The path of a request target; of several templates that match, the one with the fewest parameters. */
  pathOf(target: string): PathItem | undefined {
    const [path = ''] = target.split(/[?#]/);
    return this.#paths.find(({ pattern }) => pattern.test(path));
  }

  /** The part at a pointer, behind its references. */
  resolve<T>(pointer: string): Place<T> | undefined {
    let value: unknown = this.document;
    for (const token of pointer.split('/').slice(1)) {
      value = isRecord(value) || Array.isArray(value) ? Reflect.get(value, unescaped(token)) : undefined;
    }
    if (value === undefined) return undefined;
    const target = isRecord(value) ? value['$ref'] : undefined;
    return typeof target === 'string' ? this.resolve<T>(target.slice(1)) : { pointer, value: value as T };
  }

  /** The parts in an object or array at a pointer, by their keys and behind their references. */
  entries<T>(pointer: string): readonly (readonly [key: string, place: Place<T>])[] {
    const { value } = this.resolve<Readonly<Record<string, unknown>>>(pointer) ?? { value: {} };
    return Object.keys(value).flatMap((key) => {
      const place = this.resolve<T>(`${this.resolve(pointer)?.pointer}/${escaped(key)}`);
      return place ? [[key, place] as const] : [];
    });
  }

  #pathItem(template: string, item: object): PathItem {
    const verbs = VERBS.filter((verb) => verb in item);
    const operations = verbs.map((verb) => {
      const place = this.resolve<OperationObject>(`/paths/${escaped(template)}/${verb}`);
      if (!place) throw new Error(`the document has no operation ${verb} ${template}`);
      return [verb.toUpperCase(), place] as const;
    });
    return { template, pattern: patternOf(template), operations: new Map(operations) };
  }
}

/** As the router: a parameter can be empty and has no slash. */
function patternOf(template: string): RegExp {
  const literals = template.split(/\{[^}]*\}/).map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literals.join('[^/]*')}$`);
}

const parametersIn = (template: string): number => template.split('{').length - 1;

/** A token of a JSON Pointer. */
export const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

const unescaped = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~');

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
